import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  compileModel,
  Effects,
  lintModel,
  loadModel,
  matchPlaybooks,
  type Observation,
  readExamples,
  runExample,
} from '@detent/core';
import { UNANSWERED_SOP } from '@detent/pipeline';
import { describe, expect, it } from '@jest/globals';

const ROOT = resolve(import.meta.dirname, '..');
/** Models that something is done by; those of benchmarks only cost time. */
const yaml = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.yaml'));
const files = yaml.filter((name) => !name.endsWith('.test.yaml') && !name.startsWith('bench-'));
const withOrders = files.filter((name) => read(name).model.entities.has('order'));
const SECTIONS = ['Do', 'Check', 'Stop and ask', 'It ends'];

function read(name: string) {
  const text = readFileSync(join(import.meta.dirname, name), 'utf8');
  return { text, model: loadModel(text, `models/${name}`) };
}

/** Every SOP that a model names, with where it is named. */
function sopsOf(name: string): { where: string; sop: string }[] {
  const { model } = read(name);
  const ofSegments = [...model.entities.values()].flatMap(({ type, dimensions }) =>
    dimensions.flatMap((dimension) =>
      dimension.segments.map((segment) => ({
        where: `${type}.${dimension.name}: ${segment.name}`,
        sop: segment.sop ?? '',
      })),
    ),
  );
  return [...ofSegments, ...model.playbooks.map((playbook) => ({ where: playbook.name, sop: playbook.sop ?? '' }))];
}

describe.each(files)('%s', (name) => {
  it('loads without a problem', () => {
    expect(read(name).model.name).toBe(name.replace('.yaml', ''));
  });

  it('names a procedure for every segment and playbook, and the page is there', () => {
    const missing = sopsOf(name).filter(({ sop }) => !/^docs\/sops\/.+\.md$/.test(sop) || !existsSync(join(ROOT, sop)));
    expect(missing).toEqual([]);
  });
});

describe.each(withOrders)('orders of %s', (name) => {
  it('have a playbook wherever they stand, so that every action names a procedure', () => {
    const { model } = read(name);
    let positions: Record<string, string>[] = [{}];
    for (const dimension of model.entities.get('order')!.dimensions) {
      positions = positions.flatMap((position) =>
        dimension.segments.map((segment) => ({ ...position, [`order.${dimension.name}`]: segment.name })),
      );
    }
    expect(positions.length).toBeGreaterThan(2);
    expect(positions.filter((position) => matchPlaybooks(model, position).playbooks.length === 0)).toEqual([]);
  });
});

describe.each(yaml.filter((name) => !name.endsWith('.test.yaml')))('the linter on %s', (name) => {
  it('finds nothing but what is allowed with a reason, and rules that cross on purpose', () => {
    const { text, model } = read(name);
    const open = lintModel(model, text).filter(({ severity, allowed }) => severity !== 'info' && allowed === null);
    expect(open).toEqual([]);
  });
});

describe.each(yaml.filter((name) => name.endsWith('.test.yaml')))('examples of %s', (file) => {
  const { model } = read(file.replace('.test.yaml', '.yaml'));
  const engine = compileModel(model);
  const examples = readExamples(readFileSync(join(import.meta.dirname, file), 'utf8'), `models/${file}`, model);

  it.each(examples.map((example) => [example.name, example] as const))('%s', (_, example) => {
    expect(runExample(engine, example).failures).toEqual([]);
  });
});

describe('models that are shipped', () => {
  it('have examples beside them', () => {
    expect(files.filter((name) => !yaml.includes(name.replace('.yaml', '.test.yaml')))).toEqual([]);
  });
});

describe('fulfilment', () => {
  it('has the dimensions and segments that decision services and analysts know', () => {
    const { model } = read('fulfilment.yaml');
    const segments = Object.fromEntries(
      [...model.entities.values()].flatMap(({ type, dimensions }) =>
        dimensions.map((dimension) => [`${type}.${dimension.name}`, dimension.segments.map((segment) => segment.name)]),
      ),
    );
    expect(segments).toMatchObject({
      'order.handling': ['fragile-multi', 'fragile', 'standard'],
      'order.climate': ['frozen', 'chilled', 'ambient'],
      'order.transport': ['bulky', 'light-parcel', 'parcel'],
      'order.urgency': ['late', 'at-risk', 'same-day', 'normal'],
      'stock.velocity': ['dormant', 'A', 'B', 'C'],
      'stock.demand': ['surging', 'fading', 'normal'],
      'lot.freshness': ['sell-now', 'short', 'fresh'],
      'carrier.reliability': ['failing', 'unreliable', 'reliable'],
      'lane.congestion': ['congested', 'clear'],
    });
  });

  it('moves orders by facts alone, so that a corrected order is corrected at once', () => {
    const { model } = read('fulfilment.yaml');
    const measured = [...model.entities.get('order')!.attributes.values()].filter(
      ({ signal }) => signal === 'measured',
    );
    expect(measured.map((attribute) => attribute.name)).toEqual([]);
  });
});

describe.each(files.filter((name) => name.startsWith('starter-')))('%s', (name) => {
  it('is one dimension, and its first lines say how to run it and what to try', () => {
    const { text, model } = read(name);
    expect([...model.entities.values()].flatMap(({ dimensions }) => dimensions)).toHaveLength(1);
    const header = text.slice(0, text.indexOf('\nmodel:'));
    expect(header).toContain(`npm start -- --model ${model.name}`);
    expect(header).toMatch(/\b1\. .*[\s\S]*\b2\. /);
  });
});

describe('procedures', () => {
  const pages = readdirSync(join(ROOT, 'docs/sops'));

  it('are all used by fulfilment, or by the ledger of actions', () => {
    const named = [...sopsOf('fulfilment.yaml').map(({ sop }) => sop), UNANSWERED_SOP];
    const used = new Set(named.map((sop) => sop.replace('docs/sops/', '')));
    expect(pages.filter((page) => !used.has(page))).toEqual([]);
  });

  it.each(pages)('%s says when it applies, what to do, what to check, when to stop and how it ends', (page) => {
    const text = readFileSync(join(ROOT, 'docs/sops', page), 'utf8');
    expect(text).toContain('**Applies when**');
    expect([...text.matchAll(/^## (.+)$/gm)].map((match) => match[1])).toEqual(SECTIONS);
  });
});

describe('the example of docs/model-language.md', () => {
  it('holds under the model of docs/modelling.md', () => {
    const [modelling, language] = ['modelling', 'model-language'].map((name) =>
      readFileSync(join(ROOT, `docs/${name}.md`), 'utf8'),
    );
    const model = loadModel(modelling!.match(/```yaml\n([\s\S]*?)```/)![1]!, 'docs/modelling.md');
    const examples = language!.match(/```yaml\n(model: yard\n[\s\S]*?)```/)![1]!;
    const results = readExamples(examples, 'docs/model-language.md', model).map((each) =>
      runExample(compileModel(model), each),
    );
    expect(results.map(({ failures }) => failures)).toEqual([[]]);
  });
});

describe('the example of docs/modelling.md', () => {
  const page = readFileSync(join(ROOT, 'docs/modelling.md'), 'utf8');
  const block = (language: string) => page.match(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``))![1]!;

  it('holds what its own examples say', () => {
    const [text, examples] = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map((found) => found[1]!);
    const model = loadModel(text!, 'docs/modelling.md');
    const results = readExamples(examples!, 'docs/modelling.md', model).map((each) =>
      runExample(compileModel(model), each),
    );
    expect(results.map(({ failures }) => failures)).toEqual([[], []]);
  });

  it('is a whole model, and its observation puts the pallet where the page says', () => {
    const engine = compileModel(loadModel(block('yaml'), 'docs/modelling.md'));
    const observation = JSON.parse(block('json')) as Observation;
    const state = engine.create(observation.entityType, observation.entityId);
    const effects = new Effects();
    expect(engine.observe(state, observation, effects)).toBe('folded');
    expect(effects.changes.map(({ from, to, origin }) => [from, to, origin])).toEqual([[null, 'watch', 'live']]);
    const standingSince = observation.values['standingSince'] as number;
    effects.clear();
    engine.advance(state, standingSince + 4 * 3_600_000, effects);
    expect(effects.changes).toMatchObject([{ to: 'fetch-now', occurredAt: standingSince + 4 * 3_600_000 }]);
  });
});
