import { deadLetterHeader } from '@detent/pipeline';
import { type CommonOptions, configOf, print, withRuntime } from '../context.ts';
import { replayPrefix } from '../run/replay-prefix.ts';

interface Group {
  code: string;
  topic: string;
  service: string;
  count: number;
  /** The newest message and where its record lies. */
  example: string;
  at: string;
}

/** `detent dlq list`: dead letters grouped by reason, topic and service, most first. */
export async function dlqList(options: CommonOptions & { replay?: boolean }): Promise<void> {
  const base = configOf(options, { DETENT_LOG_LEVEL: 'warn' });
  const config = options.replay ? { ...base, topicPrefix: replayPrefix(base) } : base;
  await withRuntime(config, false, async ({ log }) => {
    const groups = new Map<string, Group>();
    const name = `${config.topicPrefix}dlq.v1`;
    if ((await log.topics()).has(name)) {
      for await (const page of log.read(name)) {
        for (const { headers } of page) {
          const header = (key: keyof typeof deadLetterHeader) => headers[deadLetterHeader[key]]?.toString() ?? '';
          const id = `${header('code')}|${header('topic')}|${header('service')}`;
          const group = groups.get(id) ?? {
            code: header('code'),
            topic: header('topic'),
            service: header('service'),
            count: 0,
            example: '',
            at: '',
          };
          group.count += 1;
          group.example = header('message');
          group.at = `${header('topic')}-${header('partition')}@${header('offset')}`;
          groups.set(id, group);
        }
      }
    }
    const sorted = [...groups.values()].sort((a, b) => b.count - a.count);
    print(options, { groups: sorted }, () =>
      sorted.length === 0
        ? 'no dead letters'
        : sorted
            .map(
              ({ code, topic, service, count, example, at }) =>
                `${String(count).padStart(7)}  ${code}  ${topic}  (${service})\n         ${at}: ${example}`,
            )
            .join('\n'),
    );
  });
}
