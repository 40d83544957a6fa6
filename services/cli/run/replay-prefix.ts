import type { Config } from '@detent/adapters';

/** Replays live beside the real thing, under a prefix of their own: `replay.detent.`. */
export function replayPrefix(config: Config): string {
  return `replay.${config.topicPrefix}`;
}
