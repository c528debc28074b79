import { useEffect, useRef } from 'react'
import { useTimeback } from '@timeback/sdk/react'

function ResumableLesson({ lessonId, lessonName }) {
	const timeback = useTimeback()
	const activityRef = useRef(null)

	useEffect(() => {
		if (!timeback) return

		async function startTracking() {
			// Your API — load saved progress (if any)
			const res = await fetch(`/api/progress/${lessonId}`)
			const progress = await res.json()

			activityRef.current = timeback.activity.start({
				id: lessonId,
				name: lessonName,
				course: { subject: 'Math', grade: 3 },
				...(progress?.runId && { runId: progress.runId }),
			})

			// Your API — persist runId on first start
			if (!progress?.runId) {
				await fetch(`/api/progress/${lessonId}`, {
					method: 'POST',
					body: JSON.stringify({ runId: activityRef.current.runId }),
				})
			}
		}

		startTracking()

		return () => {
			// Flush time on unmount — server handles completion
			void activityRef.current?.end()
		}
	}, [timeback, lessonId, lessonName])

	return <div>Lesson content...</div>
}
