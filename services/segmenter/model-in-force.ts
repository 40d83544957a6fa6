import { type DimensionsByType, dimensionsOf, type Edit, type Engine, type Retired, retiredAfter } from '@detent/core';
import type { ModelSwitched } from '@detent/schemas';
import type { ModelLibrary } from './model-library.ts';

/** The model that a task works with, as its state `~model`. */
export interface ModelInForce {
  readonly model: string;
  readonly version: string;
  readonly sha256: string;
  /** The text; null: that of the file that the service was started with. */
  readonly yaml: string | null;
  /** Event time from which it holds (epoch ms), and name and version of the model before it; null for the first. */
  readonly at: number | null;
  readonly from: string | null;
  readonly entriesPerMinute: number;
  readonly dimensions: DimensionsByType;
  /** Fingerprints of the layouts of its states, by entity type. */
  readonly layouts: Readonly<Record<string, string>>;
  readonly retired: Retired;
}

/** Entries a minute where nobody set them: when a service is started with another file. */
export const DEFAULT_ENTRIES_PER_MINUTE = 600;

/** The seed as the model in force, after `before` if there was one. */
export function seedInForce(library: ModelLibrary, before: ModelInForce | undefined, at: number): ModelInForce {
  const { name, version } = library.seed;
  const to = { model: name, version: String(version), sha256: library.seedSha256, yaml: null };
  return inForce(library, to, before, at, DEFAULT_ENTRIES_PER_MINUTE);
}

/** A model that came by the log as the one in force. It must have been read by the library. */
export function switchedTo(library: ModelLibrary, record: ModelSwitched, before: ModelInForce): ModelInForce {
  const { model, version, sha256, yaml, effectiveAt, entriesPerMinute } = record;
  return inForce(library, { model, version, sha256, yaml }, before, effectiveAt, entriesPerMinute);
}

function inForce(
  library: ModelLibrary,
  to: Pick<ModelInForce, 'model' | 'version' | 'sha256' | 'yaml'>,
  before: ModelInForce | undefined,
  at: number,
  entriesPerMinute: number,
): ModelInForce {
  const { model } = library.engine(to.sha256, {});
  const retired = before === undefined ? {} : retiredAfter(before.dimensions, before.retired, model);
  const engine = library.engine(to.sha256, retired);
  return {
    ...to,
    at: before === undefined ? null : at,
    from: before === undefined ? null : `${before.model}@${before.version}`,
    entriesPerMinute,
    dimensions: dimensionsOf(model),
    layouts: Object.fromEntries([...engine.types].map((type) => [type, engine.layoutOf(type).fingerprint])),
    retired,
  };
}

/** Entity types whose states have to be looked at because of a switch. */
export function typesToSweep(before: ModelInForce | undefined, after: ModelInForce): string[] {
  return Object.keys(after.layouts).filter((type) => before?.layouts[type] !== after.layouts[type]);
}

/** What states kept under an earlier model have to know. */
export function editOf({ model, version, from, at }: ModelInForce): Edit {
  const to = `${model}@${version}`;
  return { from: from ?? to, to, at: at ?? -Infinity };
}

/** The engine of the model in force. Throws `ModelError` where this build cannot read its text. */
export function engineOf(library: ModelLibrary, { sha256, yaml, retired }: ModelInForce): Engine {
  if (yaml !== null) library.read(yaml, sha256);
  return library.engine(sha256, retired);
}
