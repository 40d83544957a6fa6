import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { StateWrite } from '@detent/pipeline';
import { buffers } from '../buffers/buffer-pool.ts';
import type { RedisConnection } from './client.ts';
import type { TaskKeys } from './keys.ts';
import { RespWriter, writtenCommand } from './resp.ts';

const script = readFileSync(new URL('./apply-batch.lua', import.meta.url), 'utf8');
const sha = createHash('sha1').update(script).digest('hex');
/** Bytes of a state's arguments beside its value: its key twice, a score, lengths. */
const ROOM_BESIDE = 64;

/** What one call applies: each key once. */
export interface ApplyCall {
  /** Empty: none. */
  expected: string;
  target: string;
  writes: readonly StateWrite[];
}

/** Runs `apply-batch.lua`. False: another mark stood there. */
export async function applyBatch(connection: RedisConnection, keys: TaskKeys, call: ApplyCall): Promise<boolean> {
  const send = async (name: string, what: string) => {
    const bytes = commandOf(name, what, keys, call);
    const changed = (await connection.sendCommand(writtenCommand(name, [what, '1', keys.mark], bytes))) as number;
    buffers.give(bytes);
    return changed;
  };
  try {
    return (await send('evalsha', sha)) !== 0;
  } catch (error) {
    // A server that has just started, or a slot's new master.
    if (!(error as Error).message.includes('NOSCRIPT')) throw error;
    return (await send('eval', script)) !== 0;
  }
}

function commandOf(name: string, what: string, keys: TaskKeys, { expected, target, writes }: ApplyCall): Buffer {
  let sets = 0;
  let dues = 0;
  let room = what.length + 1024;
  for (const { key, value, dueAt } of writes) {
    if (value !== null) sets += 1;
    if (value !== null && dueAt !== null) dues += 1;
    room += 2 * key.length + keys.prefix.length + (value?.length ?? 0) + ROOM_BESIDE;
  }
  const deletes = writes.length - sets;
  const undues = writes.length - dues;
  const counts = [sets, deletes, dues, undues];
  // Name, script, number of keys, mark, due; states; marks, counts; values, due times with members, members.
  const args = 3 + 2 + writes.length + 2 + counts.length + sets + 2 * dues + undues;
  const out = new RespWriter(args, room);
  out.text(name);
  out.text(what);
  out.text(String(2 + writes.length));
  out.bytes(keys.mark);
  out.bytes(keys.due);
  for (const { key, value } of writes) if (value !== null) out.text(keys.state(key));
  for (const { key, value } of writes) if (value === null) out.text(keys.state(key));
  out.text(expected);
  out.text(target);
  for (const count of counts) out.text(String(count));
  for (const { value } of writes) if (value !== null) out.bytes(value);
  for (const { key, value, dueAt } of writes) {
    if (value === null || dueAt === null) continue;
    out.text(String(dueAt));
    out.text(key);
  }
  for (const { key, value, dueAt } of writes) if (value === null || dueAt === null) out.text(key);
  return out.finish();
}
