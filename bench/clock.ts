/** CPU time of this thread, where the runtime tells it; of the process otherwise. */
interface Usage {
  readonly user: number;
  readonly system: number;
}

const usage =
  (process as unknown as { threadCpuUsage?: () => Usage }).threadCpuUsage?.bind(process) ?? (() => process.cpuUsage());

export function cpuNs(): number {
  const { user, system } = usage();
  return (user + system) * 1000;
}
