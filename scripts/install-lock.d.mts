/** Types of `install-lock.mjs`, which is plain JavaScript because the launcher runs it before there are types. */
export function withInstallLock<T>(path: string, say: (text: string) => void, work: () => Promise<T>): Promise<T>;
