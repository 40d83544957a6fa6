/** Names of a task's keys in Redis. The partition in braces puts all of them into one hash slot. */
export interface TaskKeys {
  /** How far the changelog is applied. */
  readonly mark: Buffer;
  /** Sorted set: state key by when time alone may change it. */
  readonly due: Buffer;
  /** Begins every state's key. */
  readonly prefix: string;
  /** Of a state: `<prefix><service>:{<partition>}:<entityType>:<entityId>`. */
  state(key: string): string;
}

/** The only place that names keys. `prefix` is the topic prefix. */
export function taskKeys(prefix: string, service: string, task: number): TaskKeys {
  const base = `${prefix}${service}:{${task}}`;
  return {
    mark: Buffer.from(`${base}@mark`),
    due: Buffer.from(`${base}@due`),
    prefix: `${base}:`,
    state: (key) => `${base}:${key}`,
  };
}

/** Where the processes of a service tell how far their tasks are. No task's, so it bears no partition. */
export const paceKey = (prefix: string, service: string): string => `${prefix}${service}@pace`;

/** A pattern for SCAN that matches just what begins with `prefix`. */
export function scanPattern(prefix: string): string {
  return `${prefix.replace(/[*?[\]\\]/g, '\\$&')}*`;
}
