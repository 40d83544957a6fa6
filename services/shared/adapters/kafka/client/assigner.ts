import type { Partitioning } from '@detent/pipeline';

/** A member of the group and the tasks that it says it has. */
export interface Member {
  memberId: string;
  owned: readonly number[];
}

/**
 * Which member gets which tasks: as evenly as can be, and each task stays where it is while that is even. Where two
 * members claim a task, the first by id keeps it.
 */
export function shareTasks(members: readonly Member[], tasks: readonly number[]): Map<string, number[]> {
  const byId = [...members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const shares = new Map(byId.map(({ memberId }) => [memberId, [] as number[]]));
  const floor = Math.floor(tasks.length / byId.length);
  let extras = tasks.length - floor * byId.length;
  const free = new Set(tasks);
  for (const { memberId, owned } of byId) {
    const share = shares.get(memberId)!;
    for (const task of owned) {
      if (!free.has(task)) continue;
      if (share.length >= floor) {
        if (share.length > floor || extras === 0) break;
        extras -= 1;
      }
      share.push(task);
      free.delete(task);
    }
  }
  for (const task of free) {
    const [, least] = [...shares].reduce((a, b) => (b[1].length < a[1].length ? b : a));
    least.push(task);
  }
  for (const share of shares.values()) share.sort((a, b) => a - b);
  return shares;
}

/** The name by which members of a group agree on this way of sharing. */
export function protocolName(partitioning: Partitioning): string {
  return `detent-${partitioning}`;
}

/** What a member tells the group of itself. */
export function encodeOwned(owned: Iterable<number>): Buffer {
  return Buffer.from(JSON.stringify([...owned]));
}

/** Partition n of all topics goes to the same member, for a task is (service, n). */
export function assignTasks(
  partitioning: Partitioning,
  members: readonly { memberId: string; userData: Buffer | undefined }[],
  topics: readonly { topic: string; count: number }[],
): { memberId: string; assignment: Record<string, number[]> }[] {
  const tasks = partitioning === 'single' ? 1 : Math.max(...topics.map(({ count }) => count));
  const shares = shareTasks(
    members.map(({ memberId, userData }) => ({ memberId, owned: ownedBy(userData) })),
    Array.from({ length: tasks }, (_, task) => task),
  );
  return [...shares].map(([memberId, share]) => ({
    memberId,
    assignment: Object.fromEntries(topics.map(({ topic, count }) => [topic, partitionsOf(share, count, partitioning)])),
  }));
}

function partitionsOf(share: readonly number[], count: number, partitioning: Partitioning): number[] {
  if (partitioning === 'single')
    return share.length > 0 ? Array.from({ length: count }, (_, partition) => partition) : [];
  return share.filter((task) => task < count);
}

function ownedBy(userData: Buffer | undefined): number[] {
  try {
    const owned: unknown = JSON.parse(userData?.toString() ?? '[]');
    return Array.isArray(owned) ? owned.filter(Number.isInteger) : [];
  } catch {
    return [];
  }
}
