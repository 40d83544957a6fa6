import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '../../../services/cli/simulate/random.ts';
import { detent } from '../../../services/cli/test/detent.ts';
import { Embedded, NOT_WRITTEN } from '../embedded.ts';
import type { RunOptions, RunReport, Scenario } from '../scenario.ts';

/** What a blow does to a running `detent up`; it must have ended when this resolves. */
type Blow = (embedded: Embedded, random: Random, say: (line: string) => void) => Promise<string>;

const KILLS = 6;
const LOCKED_MS = 8_000;
const FULL_MS = 3_000;

const killed: Blow = async (embedded, random) => {
  const running = await embedded.start();
  await new Promise((resolve) => setTimeout(resolve, random.between(0, 1_500)));
  await embedded.kill(running);
  return 'killed';
};

/** Waiting, or ending with a clear error, are both fair; silence and loss are not. */
const locked: Blow = async (embedded, _, say) => {
  const running = await embedded.start();
  const unlock = embedded.lock();
  say('embedded: the file is locked');
  await new Promise((resolve) => setTimeout(resolve, LOCKED_MS));
  unlock();
  const { stderr, code } = await running.ended;
  const told = /data file is locked/.test(stderr);
  if (code !== 0 && !told) throw new Error(`detent up ended with ${code} and did not say why: ${stderr.slice(-1000)}`);
  return code === 0 ? 'waited for the lock' : 'said that the file is locked, and ended';
};

const full: Blow = async (embedded) => {
  const { code, stdout, stderr } = await embedded.runOutOfRoom(FULL_MS);
  if (!stderr.includes(NOT_WRITTEN)) throw new Error('the room was not too little: every write succeeded');
  if (code !== 0 || stdout === '') throw new Error(`it did not go on when there was room: ${stderr.slice(-1000)}`);
  return 'said that it cannot write, and went on by itself when there was room';
};

export const embeddedKill = scenario(
  'embedded-kill',
  'embedded profile: the process killed (SIGKILL) at random instants while it writes, then started again',
  killed,
  KILLS,
);
export const embeddedLocked = scenario(
  'embedded-locked',
  'embedded profile: another process holds the SQLite file locked for 8 s while it writes',
  locked,
  1,
);
export const embeddedFull = scenario(
  'embedded-full',
  'embedded profile: no room for the file to grow (a limit on file size stands in for a full disk), then room again',
  full,
  1,
);

function scenario(name: string, what: string, blow: Blow, times: number): Scenario {
  return { name, what, run: (options) => run(name, blow, times, options) };
}

/** The same simulated day through an undisturbed process and through one that is struck; both must say the same. */
async function run(name: string, blow: Blow, times: number, options: RunOptions): Promise<RunReport> {
  const { seed, intensity, say } = options;
  const begun = performance.now();
  const random = new Random(seed).fork(name);
  const dir = mkdtempSync(join(tmpdir(), `detent-${name}-`));
  try {
    const whole = new Embedded(join(dir, 'whole'), seed);
    const broken = new Embedded(join(dir, 'broken'), seed);
    await whole.finish();
    const notes: string[] = [];
    for (let i = 0; i < Math.ceil(times * intensity); i += 1) notes.push(await blow(broken, random, say));
    const overAt = performance.now();
    await broken.finish();
    const recoveredMs = Math.round(performance.now() - overAt);
    const [expected, seen] = [await whole.digest(), await broken.digest()];
    const verified = await detent(['state', 'verify', '--json'], broken.environment);
    const { ok, missing, doubled, findings } = JSON.parse(verified.stdout) as {
      ok: boolean;
      missing: number;
      doubled: number;
      findings: { what: string }[];
    };
    const same = expected.digest === seen.digest;
    return {
      ...{ fault: name, seed, recoveredMs, kills: broken.kills, events: await broken.sourceRecords() },
      ok: ok && same && expected.changes > 0,
      expected: expected.changes,
      missing: missing + Math.max(0, expected.changes - seen.changes),
      doubled: doubled + Math.max(0, seen.changes - expected.changes),
      differing: same || expected.changes !== seen.changes ? 0 : 1,
      ...{ sequenceFaults: 0, redisFaults: 0, letters: 0, actions: 0 },
      examples: [
        ...(same ? [] : [`the changes of the two runs differ: ${expected.changes} and ${seen.changes}`]),
        ...findings.slice(0, 5).map(({ what }) => `verify: ${what}`),
      ],
      seconds: Math.round((performance.now() - begun) / 1000),
      notes: [...new Set(notes)],
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
