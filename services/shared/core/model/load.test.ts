import { describe, expect, it } from '@jest/globals';
import { loadModel } from './load.ts';
import { ModelError } from './problems.ts';

/** A model around this text of the entity type `order`, indented by six. */
function model(order: string, rest = ''): string {
  return `model: test
version: 1
entities:
  customer:
    attributes:
      tier: { latest: tier }
      recent: { count: orders, window: 7d }
      age: { since: orders }
  order:
    links: { customer: customer }
${order}
${rest}`;
}

function problemsOf(text: string): string[] {
  try {
    loadModel(text, 'm.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return error.problems.map(({ line, column, message }) => `${line}:${column} ${message}`);
  }
}

describe('expiry', () => {
  it('is a duration, and is refused where others read the type', () => {
    const attributes = '    attributes:\n      tier: { from: customer.tier }';
    const loaded = loadModel(model(`    expireAfter: 90d\n${attributes}`), 'm.yaml');
    expect(loaded.entities.get('order')!.expireAfterMs).toBe(90 * 24 * 3_600_000);
    expect(loaded.entities.get('customer')!.expireAfterMs).toBe(Infinity);
    const read = model(attributes).replace('  customer:\n', '  customer:\n    expireAfter: 1d\n');
    expect(problemsOf(read)).toEqual([
      '5:5 customer cannot expire, for order reads tier of it: let an observation end it (ended: true)',
    ]);
  });
});

describe('a model with problems', () => {
  it('is refused with all of them at once, each under the character that is wrong', () => {
    const text = model(`    attributes:
      units: { latest: unts }
      slack: { derive: units + hoursTo }
    dimensions:
      size:
        hysteresis: { switchCost: 4 hours, patiance: 2 }
        segments:
          big: { when: 'units >= 10 && tierr == "gold"' }
          small: {}`);
    let error: unknown;
    try {
      loadModel(text, 'm.yaml');
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(ModelError);
    const { message, code } = error as ModelError;
    expect(code).toBe('DETENT_MODEL_INVALID');
    expect(message).toContain('m.yaml:12:24: nothing observes unts of order, did you mean units?');
    expect(message).toContain(
      '          hysteresis: { switchCost: 4 hours, patiance: 2 }\n                                    ^',
    );
    expect(message).toContain('hysteresis has no patiance, did you mean patience?');
    expect((error as ModelError).problems.map(({ line }) => line)).toEqual([12, 16, 16, 18]);
  });

  it.each([
    ['an unknown attribute', 'a: { when: unts > 1 }', '15:24 when of a: unts is not known here, did you mean units?'],
    ['a wrong type', 'a: { when: status > 1 }', '15:24 when of a: no such overload: string > number'],
    ['no condition', 'a: { when: units + 1 }', '15:24 when of a must be a condition (true or false), this is a number'],
    [
      'an expression that never changes',
      'a: { when: 1 > 2 }',
      '15:24 when of a reads no attribute: it is always the same',
    ],
    ['a missing condition', 'a: {}', '15:13 segment a needs a when; only the last segment, the default, has none'],
    [
      'a pattern that could run for ever',
      "a: { when: status.matches('^(?=x)') }",
      '15:41 when of a: the pattern cannot be used: groups that look around or have names cannot be used: ( ) or (?: )',
    ],
    [
      'an unknown function',
      'a: { when: abss(units) > 1 }',
      '15:24 when of a: abss() cannot be used here, did you mean abs?',
    ],
    ['a syntax error', 'a: { when: units > }', '15:31 when of a: unexpected token: EOF'],
  ])('tells of %s', (_, segment, expected) => {
    const text = model(`    attributes: { units: { latest: units }, status: { latest: status } }
    dimensions:
      size:
        segments:
            ${segment}
            rest: {}`);
    expect(problemsOf(text)).toEqual([expected]);
  });

  it('tells of segments that nothing can reach', () => {
    const segments = (later: string) => `    attributes: { units: { latest: units } }
    dimensions:
      size: { segments: { a: { when: units >= 5 }, b: { when: ${later} }, rest: {} } }`;
    expect(problemsOf(model(segments('units >= 8')))).toEqual([
      '13:52 segment b cannot be reached: a, which comes first, holds whenever it does',
    ]);
    expect(problemsOf(model(segments('units > 5')))).toHaveLength(1);
    expect(problemsOf(model(segments('units >= 3')))).toEqual([]);
    expect(problemsOf(model(segments('units <= 3')))).toEqual([]);
  });

  it('tells of attributes that go round in a circle, of what changes with time alone, and of unknown links', () => {
    const text = model(`    attributes:
      a: { derive: b + 1 }
      b: { derive: a + 1 }
      recent: { from: customer.recent }
      who: { from: custmer.tier }
      tier: { from: customer.teir }`);
    expect(problemsOf(text)).toEqual([
      expect.stringContaining('order.a → order.b → order.a'),
      '14:32 customer.recent changes with time alone, so it cannot be read from another entity',
      '15:20 order has no link custmer, did you mean customer?',
      '16:30 customer has no attribute teir, did you mean tier?',
    ]);
  });

  it('tells of playbooks that match nothing, or contradict each other', () => {
    const order = `    attributes: { units: { latest: units } }
    dimensions:
      size: { segments: { big: { when: units >= 5 }, small: {} } }
      kind: { segments: { many: { when: units >= 9 }, few: {} } }`;
    const playbooks = `playbooks:
  - { name: x, match: { order.size: bigg }, aim: promise }
  - { name: y, match: { order.size: big }, aim: promise, do: { priority: 1 } }
  - { name: z, match: { order.kind: many }, aim: promise, do: { priority: 2 } }
  - { name: v, match: { order.kind: many }, aim: cost, do: { priority: 3 } }
  - { name: w, match: { order.size: small }, aim: promise, do: { priority: 4 } }`;
    expect(problemsOf(model(order, playbooks))).toEqual([
      '16:25 order.size has no segment bigg, did you mean big?',
      '18:5 playbooks y and z can match together, rank the same and disagree on priority',
      '20:5 playbooks z and w can match together, rank the same and disagree on priority',
    ]);
  });

  it('tells of two playbooks of one name, at the second', () => {
    const order = `    attributes: { units: { latest: units } }
    dimensions:
      size: { segments: { big: { when: units >= 5 }, small: {} } }`;
    const playbooks = `playbooks:
  - { name: x, match: { order.size: big }, aim: promise }
  - { name: y, match: { order.size: big }, aim: cost }
  - { name: x, match: { order.size: small }, aim: promise }`;
    expect(problemsOf(model(order, playbooks))).toEqual([expect.stringMatching(/^17:13 there is a playbook x above/)]);
  });

  it('finds the character in expressions of several lines, and behind quotes and escapes', () => {
    const text = model(`    inputs: { name: string }
    attributes:
      units: { latest: units }
      name: { latest: name }
    dimensions:
      folded:
        segments:
          a:
            when: >-
              units > 1
                && unts > 2
          b: { when: "name == \\"x\\" && nme == 'y'" }
          c: { when: 'name == ''x'' && nam == ''y''' }
          d:
            when: |
              units > 1 &&
              uns > 2
          rest: {}
      over:
        segments:
          a: { when: units > 1
              && unitss > 2 }
          rest: {}`);
    const named = problemsOf(text).map((problem) => {
      const [line, column] = problem.split(/[: ]/).map(Number);
      return [
        text
          .split('\n')
          [line! - 1]!.slice(column! - 1)
          .match(/^\w*/)![0],
        problem.replace(/^.*: /, ''),
      ];
    });
    expect(named).toEqual([
      ['unts', 'unts is not known here, did you mean units?'],
      ['nme', 'nme is not known here, did you mean name?'],
      ['nam', 'nam is not known here, did you mean name?'],
      ['uns', 'uns is not known here, did you mean units?'],
      ['unitss', 'unitss is not known here, did you mean units?'],
    ]);
  });

  it('finds attributes of a target within the expression that reads them', () => {
    const text = model('    attributes: { x: { over: customer, any: "link.n > 1 || customer.teir == \'gold\'" } }');
    expect(
      problemsOf(text.replace('customer: customer }', 'customer: { type: customer, values: { n: number } } }')),
    ).toEqual(['11:69 customer has no attribute teir, did you mean tier?']);
  });

  it('tells of YAML that is none', () => {
    expect(problemsOf('model: test\nversion: 1\nentities: { order: [')[0]).toMatch(/^3:/);
  });
});

describe('quantiles and grace', () => {
  it('are checked', () => {
    const text = model(`    attributes:
      a: { quantile: units, p: 95, window: 1d }
      b: { quantile: units, window: 1d }
      c: { quantile: status, p: 0.5 }
      d: { latest: units, grace: 2d }
      e: { derive: d + 1, grace: 1h }`);
    expect(problemsOf(text)).toEqual([
      '12:32 p of attribute a, such as 0.95, must be a number in its range',
      '13:22 p of attribute b, such as 0.95, must be a number in its range',
      '14:22 status is observed as a string; needed: number',
      "15:34 grace of attribute d is longer than the model's, 1 d: what is later than that never reaches it",
      '16:34 grace belongs to the attribute that is observed, not to one that reads it',
    ]);
  });
});

describe('standings in a population', () => {
  it('are checked', () => {
    const text = model(
      '    transient: true\n    attributes: { u: { latest: units }, r: { percentileRank: u } }',
    ).replace(
      '      age: { since: orders }',
      `      age: { since: orders }
      all: { sum: orders, window: 7d }
      a: { percentileRank: tier }
      b: { cumulativeShare: al }
      c: { cumulativeShare: all, refresh: 1h }
      d: { percentileRank: all, refresh: 2h }
      e: { percentileRank: f }
      f: { percentileRank: e }`,
    );
    expect(problemsOf(text)).toEqual([
      '10:28 tier is a string; needed: number',
      '11:29 customer has no attribute al, did you mean all?',
      '13:42 refresh of attribute d must be 1m or longer, and the same for all of customer (the first has 1 h)',
      expect.stringContaining('customer.e → customer.f → customer.e'),
      '19:62 order is transient: a population is of what stays',
    ]);
  });

  it('are measured, and nobody else may read them', () => {
    const text = model('    attributes: { share: { from: customer.share } }').replace(
      '      age: { since: orders }',
      '      age: { since: orders }\n      all: { sum: orders }\n      share: { cumulativeShare: all }',
    );
    expect(problemsOf(text)).toEqual([expect.stringMatching(/customer.share changes with time alone/)]);
    const alone = loadModel(text.replace('share: { from: customer.share }', 'u: { latest: units }'), 'm.yaml');
    const share = alone.entities.get('customer')!.attributes.get('share')!;
    expect([share.signal, share.fold]).toMatchObject(['measured', { attribute: 'all', refreshMs: 86_400_000 }]);
  });
});

describe('calendars', () => {
  const attributes = `    inputs: { from: time, to: time, cutoff: time }
    attributes:
      from: { latest: from }
      left: { until: to }
      open: { until: cutoff, calendar: sitte }
      room: { derive: 'businessHours(from, left)' }`;

  it('are checked whole', () => {
    const calendars = `calendars:
  site:
    timezone: Europe/Berln
    open: { mon: '8-18', tue: ['08:00-12:00', '11:00-17:00'], wed: '22:00-06:00', thu: '05:00-07:00', mo: '1:00-2:00' }
    holidays: [2026-02-30, Christmas]
  empty: { timezone: UTC }`;
    expect(problemsOf(model('    attributes: {}', calendars))).toEqual([
      '14:15 there is no time zone Europe/Berln, did you mean Europe/Berlin?',
      "15:18 an opening is written '08:00-18:00', to '24:00' at the latest",
      '15:26 two openings of calendar site overlap on tue',
      '15:63 two openings of calendar site overlap on wed',
      expect.stringMatching(/^15:103 open of calendar site has no mo, did you mean/),
      '16:16 a holiday is a date such as 2026-12-25',
      '16:28 a holiday is a date such as 2026-12-25',
      "17:3 calendar empty needs to open: open: { mon: '08:00-18:00' }",
    ]);
  });

  it('are found by name, and never counted from what time alone moves', () => {
    const calendars = `calendars: { site: { timezone: UTC, open: { mon: '08:00-18:00' } } }`;
    expect(problemsOf(model(attributes, calendars))).toEqual([
      '15:40 the model has no calendar sitte, did you mean site?',
      expect.stringMatching(/^16:23 attribute room: businessHours\(\) cannot take left, which changes with time alone/),
    ]);
  });
});

describe('a sound model', () => {
  it('takes whole numbers for numbers, and signals from folds', () => {
    const text = model(`    inputs: { gift: boolean, weird: string }
    attributes:
      units: { latest: units }
      gift: { latest: gift }
      weird: { latest: weird, missing: default none }
      errors: { count: pickErrors }
      smooth: { ewma: rating, halfLife: 2h }
      mixed: { derive: 'gift ? smooth : units' }
      tier: { from: customer.tier }
    dimensions:
      size:
        hysteresis: { switchCost: 4h, confirm: 2 of 3 }
        segments:
          big: { when: units >= 2, hysteresis: { switchCost: 1h } }
          small: {}`);
    const order = loadModel(text, 'm.yaml').entities.get('order')!;
    const attributes = [...order.attributes.values()];
    expect(attributes.map(({ name, type, signal, unitVotes }) => [name, type, signal, unitVotes])).toEqual([
      ['units', 'number', 'stated', false],
      ['gift', 'boolean', 'stated', false],
      ['weird', 'string', 'stated', false],
      ['errors', 'number', 'measured', true],
      ['smooth', 'number', 'measured', false],
      ['mixed', 'number', 'measured', false],
      ['tier', 'string', 'stated', false],
    ]);
    const [big, small] = order.dimensions[0]!.segments;
    const alike = <T>(value: T) => ({ enter: value, leave: value });
    expect(big!.hysteresis).toEqual({ switchCost: alike({ ms: 3_600_000 }), confirm: { n: 2, m: 3 } });
    expect(small!.hysteresis).toEqual({ switchCost: alike({ ms: 14_400_000 }), confirm: { n: 2, m: 3 } });
  });
});
