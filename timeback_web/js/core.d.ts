/** By subject and grade, or by code: the same selector as in the server's `record()`. */
export type Course =
  | { subject: string; grade: number; code?: null }
  | { code: string; subject?: null; grade?: null };

/** How time is tracked; the meaning of each is that of `TimeOptions` in Python. */
export interface TimeOptions {
  /** Length of a window while the learner works; 15,000. */
  heartbeatMs?: number | null;
  /** The longest standstill of a visible page that still counts as active; 60,000. */
  stallLimitMs?: number | null;
  /** After so long without input nobody is there; off unless given. */
  idleAfterMs?: number | null;
  /** `navigation` also counts what was seen of the page before `start()` (Chromium). */
  since?: 'start' | 'navigation' | null;
}

export type ErrorCode =
  | 'INVALID_OPTIONS'
  | 'ACTIVITY_IN_PROGRESS'
  | 'USAGE'
  | 'UNREACHABLE'
  | 'REFUSED'
  | 'LOST_WINDOW'
  | 'LOST_COMPLETION'
  | 'UNCONFIRMED'
  | 'FAILED'
  | 'INTERNAL';

export class TimebackError extends Error {
  private constructor();
  readonly name: 'TimebackError';
  readonly code: ErrorCode;
  /** The option that is wrong, or the field that the server objects to. */
  readonly field?: string;
  /** HTTP status, of `REFUSED`. */
  readonly status?: number;
  /** The server's own code, of `REFUSED`. */
  readonly serverCode?: string;
}

export interface ErrorContext {
  readonly operation: 'start' | 'heartbeat' | 'submit' | 'callback';
  readonly runId: string;
  /** Active milliseconds at stake. */
  readonly elapsedMs: number;
  /** Whether the same thing is tried again; if not, it is given up. */
  readonly willRetry: boolean;
  readonly retryInMs?: number | null;
}

export type OnError = (error: TimebackError, context: ErrorContext) => unknown;

export interface StartOptions {
  id: string;
  name: string;
  /** May be left out when the client has a `defaultCourse`. */
  course?: Course | null;
  /** The run to resume, any unique string; left out, a UUID is made. */
  runId?: string | null;
  /** `false` where the server keeps the time. */
  time?: boolean | TimeOptions | null;
  /** Passed on with `end(metrics)`. */
  process?: boolean | null;
  onError?: OnError | null;
  onPause?: (() => unknown) | null;
  onResume?: (() => unknown) | null;
  /** A window has been delivered. */
  onFlush?: ((elapsedMs: number) => unknown) | null;
}

/** The result of a single-session activity. */
export interface Metrics {
  xpEarned: number;
  totalQuestions?: number | null;
  correctQuestions?: number | null;
  masteredUnits?: number | null;
  pctComplete?: number | null;
}

export interface Activity {
  readonly id: string;
  readonly name: string;
  /** Save it at once, and pass it to `start()` to resume. */
  readonly runId: string;
  /** Active milliseconds of this session so far. */
  readonly elapsedMs: number;
  readonly pausedMs: number;
  readonly paused: boolean;
  readonly ended: boolean;
  pause(): void;
  resume(): void;
  /**
   * Flushes the time at once, awaited or not, and only once. With metrics (single-session
   * activities only) it also records a completion; wrong ones reject, and the activity goes on.
   * It rejects with `UNCONFIRMED` when nobody can say whether the completion was recorded, and with
   * `REFUSED` when it was refused for good: then the activity has not ended, and may be ended again.
   */
  end(metrics?: Metrics | null): Promise<void>;
}

export interface Profile {
  readonly id: string;
  readonly email: string;
  readonly name?: string | null;
  readonly grade?: number | null;
  readonly [more: string]: unknown;
}

export interface Verification {
  readonly verified: boolean;
  readonly timebackId?: string | null;
}

export interface Timeback {
  readonly activity: {
    /** Throws a `TimebackError` when an option is wrong, or an activity is still open. */
    start(options: StartOptions): Activity;
    readonly current: Activity | null;
  };
  readonly user: {
    /** Rejects with a `TimebackError`: `REFUSED` when nobody is signed in, `UNREACHABLE`. */
    profile(): Promise<Profile>;
    verify(): Promise<Verification>;
    signIn(): void;
    signOut(): void;
  };
  /**
   * Sends what waits for the client's `learner`, and of these runs (which surely are the signed-in
   * learner's), without starting anything; as soon as Python is there. How much still waits.
   */
  sendWaiting(runs?: readonly string[]): Promise<number>;
  /** Ends what is open; nothing can be started any more. */
  close(): void;
}

/** A client for one component: after `close()` a start counts nothing, and throws nothing. */
export type Scope = Timeback;

export interface ClientOptions {
  /** Where the server's routes are mounted; `/api/timeback`. */
  baseURL?: string | null;
  defaultCourse?: Course | null;
  /** Sent with every request; a function is asked each time, and must not be async. */
  headers?: Record<string, string> | (() => Record<string, string>) | null;
  /** Your own tag of who is signed in, for shared machines; never sent. */
  learner?: string | null;
  onError?: OnError | null;
}

export function createClient(options?: ClientOptions | null): Timeback;
/**
 * Options of the client that the framework modules share: call it before the first component, or
 * after `sharedClient().close()`, when somebody else has signed in.
 */
export function configure(options: ClientOptions): void;
/** The client that the framework modules share. */
export function sharedClient(): Timeback;
export function openScope(timeback?: Timeback): Scope;
