// Spans of time in words, as the journal writes them.
import { duration } from '../format.js';

const day = new Intl.DateTimeFormat('en', { weekday: 'short', day: 'numeric', month: 'short' });
const clock = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

export const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`;
export const amount = (ms) => (ms && ms < 60_000 ? seconds(ms) : duration(ms));
export const length = ({ activeMs, inactiveMs }) => activeMs + inactiveMs;

/** Sun 22 Nov, 10:00 */
export function dayAndTime(stamp) {
  const date = new Date(stamp);
  const parts = Object.fromEntries(day.formatToParts(date).map(({ type, value }) => [type, value]));
  return `${parts.weekday} ${parts.day} ${parts.month}, ${clock.format(date)}`;
}
