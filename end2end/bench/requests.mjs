// What an app asks a cloud for, and what waits for what.

/** Whether an address is one of the demo cloud's services, not a file of the app. */
export const isApi = ({ url }) => /\/(identity|image|compute|networking|volume)\//.test(new URL(url).pathname);

/**
 * The most requests of which each began only after the one before had ended: what is waited for, not what is sent. Of each: when
 * it was sent (`timestamp`) and answered (`done`), by one clock.
 */
export function chain(requests) {
  const sorted = [...requests].sort((a, b) => a.timestamp - b.timestamp);
  const depths = [];
  for (const one of sorted) {
    const before = depths.filter((_, index) => sorted[index].done <= one.timestamp);
    depths.push(1 + Math.max(0, ...before));
  }
  return Math.max(0, ...depths);
}
