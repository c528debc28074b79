// Checked by `tsc`, never run: what an app may write, and what it may not.
import { TimebackError, configure, createClient, openScope } from '@timeback/sdk';
import type { Activity, Metrics, StartOptions } from '@timeback/sdk';
import { useTimeback as useInReact } from '@timeback/sdk/react';
import { useTimeback as useInSolid } from '@timeback/sdk/solid';
import { timeback as store } from '@timeback/sdk/svelte';
import { useTimeback as useInVue } from '@timeback/sdk/vue';

configure({ baseURL: '/api/timeback', headers: () => ({ Authorization: 'Bearer token' }) });

const lesson: StartOptions = { id: 'lesson-1', name: 'Fractions', course: { code: 'MATH-3' } };
const progress: { runId?: string } | null = null as { runId?: string } | null;
const client = createClient({ defaultCourse: { subject: 'Math', grade: 3 } });
const activity: Activity = client.activity.start({
  ...lesson,
  ...(progress?.runId && { runId: progress.runId }),
  time: { heartbeatMs: 15_000, idleAfterMs: null },
  onError: (error, context) => {
    if (error.code === 'REFUSED') console.log(error.status, context.willRetry);
  },
  onPause: async () => {},
  onFlush: (elapsedMs) => elapsedMs.toFixed(),
});
activity.pause();
activity.resume();
void activity.end();
const metrics: Metrics = { xpEarned: 10, totalQuestions: 2, correctQuestions: 1 };
await activity.end(metrics);
const scope = openScope(client);
scope.activity.start({ id: 'lesson-1', name: 'Fractions', runId: activity.runId, time: false });
scope.close();

const profile = await client.user.profile();
profile.email.toUpperCase();
(await client.user.verify()).verified satisfies boolean;
client.activity.current?.elapsedMs satisfies number | undefined;

// Undefined where the component is not mounted yet.
useInReact()?.activity.start(lesson);
useInSolid()?.activity.start(lesson);
useInVue().value?.activity.start(lesson);
store.subscribe((timeback) => timeback?.activity.start(lesson));
// @ts-expect-error
useInReact().activity;
// @ts-expect-error
useInVue().value.activity;
// @ts-expect-error
store.subscribe((timeback) => timeback.activity);

// @ts-expect-error: a course is by subject and grade, or by code
client.activity.start({ id: 'a', name: 'b', course: { subject: 'Math' } });
// @ts-expect-error: there is no such option
client.activity.start({ id: 'a', name: 'b', runID: 'c' });
// @ts-expect-error
activity.runId = 'another';
// @ts-expect-error
await activity.end({ totalQuestions: 2 });
// @ts-expect-error: who leaves waits for nothing
createClient({ headers: async () => ({}) });
if (progress instanceof TimebackError) {
  // @ts-expect-error: there is no such code
  progress.code === 'SOMETHING';
}
