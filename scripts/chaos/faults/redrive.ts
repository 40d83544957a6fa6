import { setTimeout as sleep } from 'node:timers/promises';
import { detent } from '../../../services/cli/test/detent.ts';
import { type Fault, pipeline, type Strike } from '../fault.ts';
import { lettersByReason } from '../poison.ts';
import { codecWith, recordsOf, SchemaIds } from '../producer-schemas.ts';

const SENT = 200;
/** Schema ids that others may take while the records are on their way: services register what they write first. */
const HEADROOM = 40;
const REFUSED_MS = 30_000;
/** Longer than services take an answer of the registry for good. */
const ASK_AGAIN_MS = 11_000;

/** A producer writes by a schema before it is registered; then it is, and what was refused is put back. */
export const redrive: Fault = {
  name: 'redrive',
  what: 'records of an unregistered schema refused, the schema registered, "detent dlq redrive" given twice: each is taken once',
  members: pipeline,
  omitsUnknownSchemas: true,
  async strike(strike) {
    const { topology, feeder, random, say, over } = strike;
    const { runtime } = topology;
    const topic = `${runtime.config.topicPrefix}warehouse.v1`;
    // Schemas that are alike share an id, so this one is of this run alone.
    const name = `noise_${runtime.config.topicPrefix.replaceAll(/\W/g, '_')}`;
    const field = [{ name, type: ['null', 'double'], default: null }];
    const ids = new SchemaIds(runtime);
    const id = (await ids.give()) + HEADROOM;
    const early = await codecWith(runtime, topic, field, { id });
    await feeder.append(recordsOf(topic, 'early', early, SENT, { [name]: 40 }));
    await refused(strike);
    while ((await ids.give()) < id - 1);
    await codecWith(runtime, topic, field);
    const schema = await runtime.registry.byId(id);
    if (!JSON.stringify(schema ?? null).includes(name)) throw new Error(`the registry gave another id than ${id}`);
    await sleep(ASK_AGAIN_MS);
    say('the schema is registered; its records are put back');
    const args = ['dlq', 'redrive', '--code', 'UNKNOWN_SCHEMA', '--json'];
    const { redriven } = await command(strike, args);
    await sleep(random.between(0, 500));
    const again = await command(strike, args);
    over();
    if (redriven !== SENT || again.redriven !== 0)
      throw new Error(`${redriven} were put back, then ${again.redriven}: should be ${SENT}, then 0`);
    return [`${redriven} put back once`];
  },
  async inspect({ topology }, runtime) {
    const letters = await lettersByReason(runtime);
    const found: string[] = [];
    if (letters['UNKNOWN_SCHEMA'] !== SENT || Object.keys(letters).length !== 1)
      found.push(`the dead letters should be ${SENT} of UNKNOWN_SCHEMA, and are ${JSON.stringify(letters)}`);
    const seen = new Map<string, number>();
    for await (const page of runtime.log.read(`${topology.options.prefix}memberships.zone.v1`))
      for (const { key } of page) if (String(key).startsWith('early-')) seen.set(String(key), 1);
    if (seen.size === 0) found.push('no zone of the records that were put back has a membership');
    return found;
  },
};

async function refused({ topology }: Strike): Promise<void> {
  const deadline = performance.now() + REFUSED_MS;
  while (((await lettersByReason(topology.runtime))['UNKNOWN_SCHEMA'] ?? 0) < SENT) {
    if (performance.now() > deadline) throw new Error('records of an unknown schema were not refused');
    await sleep(200);
  }
}

async function command({ topology }: Strike, args: string[]): Promise<{ redriven: number }> {
  const { stdout, stderr } = await detent(args, topology.environment);
  if (stdout === '') throw new Error(`detent ${args.join(' ')} failed: ${stderr.slice(-1000)}`);
  return JSON.parse(stdout) as { redriven: number };
}
