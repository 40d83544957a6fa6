/** What one command of a playbook may be. Numbers have bounds, both inclusive. */
export type CommandType =
  | { readonly kind: 'text' }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'number'; readonly low: number; readonly high: number }
  | { readonly kind: 'group'; readonly of: Readonly<Record<string, CommandType>> };

/** A command as a model gives it: plain, or a group of plain ones that goes as a whole. */
export type Command = Plain | Readonly<Record<string, Plain>>;
export type Plain = number | string | boolean;

/** Commands by name. */
export type Commands = Readonly<Record<string, Command>>;

/** Names that begin so are a user's own: whatever they hold goes to whoever carries the action out. */
export const OWN_PREFIX = 'x-';

const text: CommandType = { kind: 'text' };
const yesNo: CommandType = { kind: 'boolean' };
const number = (low: number, high: number): CommandType => ({ kind: 'number', low, high });
const weight = number(0, 1000);

/** Everything that a playbook may command, with its type: the contract between models and decision services. */
export const COMMANDS: Readonly<Record<string, CommandType>> = {
  /** Queue of its own within the lane that the segments ask for. */
  lane: text,
  /** Among equally urgent work, the higher first. */
  priority: number(0, 100),
  /** Whether it may wait for a shipment together with others. */
  consolidate: yesNo,
  /** Whether what is under way may be sent elsewhere. */
  divert: yesNo,
  /** Whether goods are put there. */
  putaway: yesNo,
  /** Whether what waits for a zone is picked. */
  picking: yesNo,
  /** What following it costs, in money of the model's own; for `backtest`. */
  cost: number(0, 1e9),
  /** How it is packed. */
  packing: {
    kind: 'group',
    of: { carton: text, dunnage: text, liner: text, keepUpright: yesNo, separate: yesNo, maxFill: number(0, 1) },
  },
  /** What carriers are compared by: 1 is as usual, and so is what is left out; only their proportions count. */
  carrierWeights: {
    kind: 'group',
    of: { cost: weight, time: weight, reliability: weight, emissions: weight, damage: weight },
  },
};

/** Materials that packing is usually given, by their command. Others go through as they are: a site has what it has. */
export const MATERIALS: Readonly<Record<'dunnage' | 'liner', readonly string[]>> = {
  dunnage: ['air-pillow', 'paper-cushion', 'wood-wool', 'bubble-wrap', 'foam'],
  liner: ['foil', 'foam', 'wool', 'paper'],
};

/** True where two commands are the same. Groups are the same whatever the order of what is in them. */
export function sameCommand(a: Command | undefined, b: Command | undefined): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => a[name] === b[name]);
}

/** A command for people: `90`, `premium`, `cost 2, time 1`. */
export function commandText(command: Command | undefined): string {
  if (command === undefined) return 'not commanded';
  if (typeof command !== 'object') return String(command);
  return Object.entries(command)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
}
