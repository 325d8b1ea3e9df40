/**
 * CPU time of this process: other processes do not count, waiting does not either. (The thread's own time would be better still, but
 * `process.threadCpuUsage` moves in steps of a scheduler tick, 4 ms.)
 */
export function cpuNs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}
