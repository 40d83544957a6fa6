import { type CommonOptions, configOf, print, withRuntime } from '../context.ts';
import { letters, redrivenIds } from '../dlq/letters.ts';
import { replayPrefix } from '../run/replay-prefix.ts';

interface Group {
  code: string;
  topic: string;
  service: string;
  count: number;
  /** Of these: put back, and refused again after they had been put back. */
  redriven: number;
  cameBack: number;
  /** The newest message, where its record lies, and which dead letter it is. */
  example: string;
  at: string;
  id: string;
}

/** `detent dlq list`: dead letters grouped by reason, topic and service, most first. */
export async function dlqList(options: CommonOptions & { replay?: boolean }): Promise<void> {
  const base = configOf(options, { DETENT_LOG_LEVEL: 'warn' });
  const config = options.replay ? { ...base, topicPrefix: replayPrefix(base) } : base;
  await withRuntime(config, 'beside', async (runtime) => {
    const redriven = await redrivenIds(runtime);
    const groups = new Map<string, Group>();
    for await (const { id, code, message, service, topic, partition, offset, cameBack } of letters(runtime)) {
      const of = `${code}|${topic}|${service}`;
      const group = groups.get(of) ?? {
        code,
        topic,
        service,
        count: 0,
        redriven: 0,
        cameBack: 0,
        example: '',
        at: '',
        id: '',
      };
      group.count += 1;
      if (redriven.has(id)) group.redriven += 1;
      if (cameBack) group.cameBack += 1;
      group.example = message;
      group.at = `${topic}-${partition}@${offset}`;
      group.id = id;
      groups.set(of, group);
    }
    const sorted = [...groups.values()].sort((a, b) => b.count - a.count);
    print(options, { groups: sorted }, () => (sorted.length === 0 ? 'no dead letters' : sorted.map(lineOf).join('\n')));
  });
}

function lineOf({ code, topic, service, count, redriven, cameBack, example, at, id }: Group): string {
  const notes = [
    ...(redriven > 0 ? [`${redriven} put back`] : []),
    ...(cameBack > 0 ? [`${cameBack} of a second refusal`] : []),
  ];
  const told = notes.length > 0 ? `, ${notes.join(', ')}` : '';
  return `${String(count).padStart(7)}  ${code}  ${topic}  (${service})${told}\n         ${at} (letter ${id}): ${example}`;
}
