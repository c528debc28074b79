import { onMount, onCleanup } from 'solid-js'
import { useTimeback } from '@timeback/sdk/solid'

function ResumableLesson(props) {
	const timeback = useTimeback()
	let activity

	onMount(async () => {
		if (!timeback) return

		// Your API — load saved progress (if any)
		const res = await fetch(`/api/progress/${props.lessonId}`)
		const progress = await res.json()

		activity = timeback.activity.start({
			id: props.lessonId,
			name: props.lessonName,
			course: { subject: 'Math', grade: 3 },
			...(progress?.runId && { runId: progress.runId }),
		})

		// Your API — persist runId on first start
		if (!progress?.runId) {
			await fetch(`/api/progress/${props.lessonId}`, {
				method: 'POST',
				body: JSON.stringify({ runId: activity.runId }),
			})
		}
	})

	onCleanup(() => {
		// Flush time on unmount — server handles completion
		void activity?.end()
	})

	return <div>Lesson content...</div>
}
