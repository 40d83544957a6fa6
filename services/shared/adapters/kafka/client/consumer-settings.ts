/** A member that is silent this long is taken for dead. */
export const SESSION_TIMEOUT_MS = 10_000;
/** A member that does not join anew for this long is left out. */
export const REBALANCE_TIMEOUT_MS = 20_000;
export const HEARTBEAT_MS = 1_000;
/** Bounds how long a partition that is resumed waits for a fetch of the others to come back empty. */
export const MAX_WAIT_MS = 100;
export const MAX_BYTES_PER_PARTITION = 1024 * 1024;
