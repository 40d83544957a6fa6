import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, openRuntime, readConfig } from '@detent/adapters';
import type { Membership } from '@detent/schemas';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readTopics } from '../report/digest.ts';
import { detent } from '../test/detent.ts';
import type { ExplainResult } from './render.ts';

const TIMEOUT = 120_000;
const environment = { DETENT_DATA_DIR: mkdtempSync(join(tmpdir(), 'detent-explain-')), DETENT_HTTP_PORT: '0' };
const stood: Membership[] = [];

async function explained(...args: string[]): Promise<ExplainResult> {
  const { code, stdout, stderr } = await detent(['explain', ...args, '--json'], environment);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as ExplainResult;
}

describe('detent explain on the embedded profile', () => {
  beforeAll(async () => {
    const { code, stderr } = await detent(['up', '--exit', '--scale', '0.1'], environment);
    if (code !== 0) throw new Error(stderr);
    const config = readConfig({ environment });
    const runtime = await openRuntime(config, { logger: createLogger('silent'), write: false });
    const newest = new Map<string, Membership | undefined>();
    for await (const { topic, key, value } of readTopics(runtime, (topic) => topic.startsWith('memberships.')))
      newest.set(topic + key, value as Membership | undefined);
    await runtime.close();
    stood.push(...[...newest.values()].filter((each) => each !== undefined));
  }, TIMEOUT);

  it.each(['order', 'lot', 'carrier', 'lane'])('says of one %s what was published of it', async (type) => {
    const membership = stood.find(({ entityType }) => entityType === type)!;
    const { dimensions, changes, stateFrom, asOf } = (await explained(
      type,
      membership.entityId,
      '--changes',
      '50',
    )) as ExplainResult & {
      stateFrom: string;
    };
    expect(stateFrom).toBe('states');
    for (const [name, { segment, since }] of Object.entries(membership.dimensions)) {
      expect(dimensions.find(({ dimension }) => dimension === name)).toMatchObject({ segment, since });
      // Its newest change on the dimension is the one that brought it there.
      expect(changes.find(({ dimension }) => dimension === name)).toMatchObject({ to: segment, occurredAt: since });
    }
    expect(changes.every(({ entityId }) => entityId === membership.entityId)).toBe(true);
    // Simulated days lie in the past: the explanation speaks of their end, not of today.
    expect(new Date(asOf).toISOString().slice(0, 10)).toBe('2026-03-02');
  });

  it('tells of a segment that it is not in what fails first, and by how much', async () => {
    const lot = stood.find(({ entityType }) => entityType === 'lot')!;
    const { stdout } = await detent(['explain', 'lot', lot.entityId, '--segment', 'sell-now'], environment);
    expect(stdout).toMatch(
      /sell-now \(out\), when: hoursLeft <= 168 \|\| lifeLeft <= 0.25\n {4}fails first: .+, by [\d.]+\n/,
    );
    expect(stdout).toMatch(/by time alone: to \S+ at 2026-/);
  });

  it.each([
    [['order', 'o-00x'], 'nothing is known of order o-00x', 'There are, among others, o-00'],
    [['ordr', 'o-1'], 'has no entity type ordr, did you mean order?', ''],
    [['lot', 'lot-1', '--dimension', 'urgency'], 'lot has no dimension urgency; it has freshness', ''],
    [['lot', 'lot-1', '--segment', 'late'], 'lot has no segment late', ''],
    [['lot', 'lot-1', '--at', 'noon'], '--at noon is no instant', ''],
    [['lot', 'lot-1', '--replay'], 'the segmenter has not run under replay.detent.', ''],
  ])('refuses %j with what to do', async (args, message, more) => {
    const { code, stderr } = await detent(['explain', ...args], environment);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(more);
  });
});
