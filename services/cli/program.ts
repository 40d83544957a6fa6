import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

import { describeError, exitCode, exitCodeFor } from './errors.ts';
import { importerNames, serviceNames } from './names.ts';

const program = new Command('detent')
  .description('Keeps logistics entities in small, actionable segments that follow live data.')
  .version('0.1.0')
  .showHelpAfterError()
  .exitOverride()
  .configureHelp({ showGlobalOptions: true });

/** A command with the options that all understand. */
function command(parent: Command, name: string, description: string): Command {
  return parent
    .command(name)
    .description(description)
    .option('--json', 'result as JSON on standard output')
    .option('--config <file>', 'settings as JSON (DETENT_CONFIG)')
    .addOption(new Option('--profile <profile>', 'where records and states are').choices(['embedded', 'cluster']))
    .option('--data-dir <dir>', 'data of the embedded profile (DETENT_DATA_DIR)')
    .option('--model <name or file>', 'segmentation model (DETENT_MODEL)')
    .option('--topic-prefix <prefix>', 'first part of every topic name (DETENT_TOPIC_PREFIX)')
    .option('--partitions <count>', 'partitions of every topic (DETENT_PARTITIONS)')
    .option('--log-level <level>', 'trace, debug, info, warn, error or silent (DETENT_LOG_LEVEL)');
}

const whole = (text: string) => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('must be a whole number.');
  return Number(text);
};
const positive = (text: string) => {
  if (!(Number(text) > 0)) throw new InvalidArgumentError('must be a number above 0.');
  return Number(text);
};
const simulated = (target: Command) =>
  target
    .option('--days <count>', 'days to simulate', whole, 1)
    .option('--seed <number>', 'the same seed gives the same events', whole, 1)
    .option('--scale <factor>', 'size of the warehouse; 1 is about 20,000 events a day', positive, 1)
    .option('--start <instant>', 'ISO 8601 or "now"; default: where the log left off, or a fixed Monday');

simulated(command(program, 'up', 'run every service in this process; embedded, with a simulated day'))
  .option('--exit', 'end when the simulated day is processed')
  .option('--no-simulate', 'only run the services')
  .addOption(new Option('--actions <mode>', 'what decision services do').choices(['off', 'dry-run', 'live']))
  .option('--http-port <port>', 'port of /healthz, /readyz and /metrics; 0 takes a free one (DETENT_HTTP_PORT)')
  .action((options, self: Command) =>
    import('./commands/up.ts').then((of) =>
      of.up({ ...options, ...(self.getOptionValueSource('simulate') === 'default' && { simulate: undefined }) }),
    ),
  );

command(program, 'run', 'run one service until told to stop')
  .argument('<service>', [...serviceNames, 'webhooks'].join(', '))
  .addOption(new Option('--actions <mode>', 'what decision services do').choices(['off', 'dry-run', 'live']))
  .addOption(new Option('--time <source>', 'what moves time where no record does').choices(['wall', 'stream']))
  .option('--http-port <port>', 'port of /healthz, /readyz and /metrics; 0 takes a free one (DETENT_HTTP_PORT)')
  .action((service, options) => import('./commands/run.ts').then((of) => of.run(service, options)));

simulated(command(program, 'simulate', 'send the events of a simulated warehouse to the source topics'))
  .option('--speed <factor>', 'times real time, or "max"', 'max')
  .action((options) => import('./commands/simulate.ts').then((of) => of.simulate(options)));

command(program, 'replay', 'take files through ingest and segmenter, under a prefix of their own')
  .argument('<importer>', importerNames.join(', '))
  .argument('<files...>', 'files of the importer, .gz or plain')
  .option('--map <file>', 'for csv: which column is which field')
  .option('--produce-only', 'fill the source topics and stop')
  .option('--live', 'produce into the live source topics; the running services do the rest')
  .action((importer, files, options) =>
    import('./commands/replay.ts').then((of) => of.replay(importer, files, options)),
  );

const pinning = (name: string, description: string) =>
  command(program, name, description)
    .argument('<entityType>')
    .argument('<entityId>')
    .requiredOption('--dimension <name>', 'on which dimension')
    .requiredOption('--reason <text>', 'why; kept with the entity')
    .option('--by <who>', 'a pseudonym; default: the name of the account')
    .option('--at <instant>', 'event time, ISO 8601; default: now');
pinning('pin', 'put an entity into a segment until a time, whatever is observed of it')
  .requiredOption('--segment <name>', 'where it is to stand')
  .requiredOption('--until <instant>', 'ISO 8601, or a duration from now such as 4h')
  .option('--unseen', 'also an entity of which the segmenter knows nothing yet')
  .action((entityType, entityId, options) =>
    import('./commands/pin.ts').then((of) => of.pin(entityType, entityId, options)),
  );
pinning('unpin', 'take the pin back before its time').action((entityType, entityId, options) =>
  import('./commands/pin.ts').then((of) => of.unpin(entityType, entityId, options)),
);
command(program, 'tune', 'run every policy of hysteresis over a series of your own, and draw it')
  .argument('<series.csv>', 'columns t (ISO 8601, UTC where it names no offset) and x; truth (1 in, 0 out) if known')
  .requiredOption('--boundary <number>', 'inside is x at or above it')
  .requiredOption('--price <duration>', 'cost of one move as a time in the wrong segment: 30m, 4h, 2d')
  .option('--svg <file>', 'also draw it into this file')
  .addHelpText(
    'after',
    `
J counts the hours on the wrong side plus the price of every move; OPT is the least that hindsight could have reached.
Which side was wrong is counted against the column truth. Without it, against the side on which each reading lies: no
policy is favoured by a smoothing that it shares, and a flicker that is not worth a move costs hindsight as much as it
costs the policies. Give a truth column where the readings are so noisy that their own side is often false.`,
  )
  .action((file, options) => import('./commands/tune.ts').then((of) => of.tune(file, options)));
command(program, 'explain', 'where an entity stands, since when, why, and what would move it next')
  .argument('<entityType>', 'such as order')
  .argument('<entityId>')
  .option('--dimension <name>', 'only this one')
  .option('--segment <name>', 'also why it is in this one, or what it lacks')
  .option('--at <instant>', 'as of then, ISO 8601 or "now"; default: now, or the newest event where that is long ago')
  .option('--changes <count>', 'how many of its last changes', whole, 5)
  .option('--replay', 'of the last replay')
  .action((entityType, entityId, options) =>
    import('./commands/explain.ts').then((of) => of.explain(entityType, entityId, options)),
  );

const changes = program.command('changes').description('segment changes');
command(changes, 'digest', 'one hash over all segment changes, to compare runs')
  .option('--replay', 'of the last replay')
  .action((options) => import('./commands/changes-digest.ts').then((of) => of.changesDigest(options)));

const model = program.command('model').description('segmentation models');
command(model, 'check', 'load a model, name every problem, and what it may do but hardly means')
  .argument('[model]', 'name or file')
  .option('--all', 'also what is allowed')
  .option(
    '--events <dir or file>',
    'look also at what became of the segments: a data directory, or observations as JSON lines',
  )
  .option('--min-members <count>', 'with --events: fewer are not worth a procedure of their own', whole, 20)
  .action((name, options) => import('./commands/model-check.ts').then((of) => of.modelCheck(name, options)));

const EVENTS =
  'a JSONL file of observations, a data directory, "log" (the configured one) or "replay" (the last replay)';
command(model, 'diff', 'what differs between two models, and who would move if the second were promoted')
  .argument('<old>', 'name or file')
  .argument('<new>', 'name or file')
  .option('--events <history>', EVENTS)
  .option('--show <count>', 'moves to show', whole, 10)
  .action((before, after, options) =>
    import('./commands/model-diff.ts').then((of) => of.modelDiff(before, after, options)),
  );

command(program, 'backtest', 'what a model would have come to over a history')
  .argument('<model>', 'name or file')
  .requiredOption('--events <history>', EVENTS)
  .option('--against <model>', 'compare with this one; each change also alone')
  .action((name, options) => import('./commands/backtest.ts').then((of) => of.backtest(name, options)));

command(program, 'advise', 'the settings of hysteresis that would have cost least on a history')
  .argument('<model>', 'name or file')
  .requiredOption('--events <history>', EVENTS)
  .option('--dimension <name>', 'only this one, such as sku.velocity')
  .option('--all', 'show all that was tried')
  .action((name, options) => import('./commands/advise.ts').then((of) => of.advise(name, options)));

const switching = (target: Command) =>
  target
    .requiredOption('--by <who>', 'who switches, pseudonymous')
    .requiredOption('--reason <text>', 'why, for people')
    .option('--approver <who>', 'who approved it')
    .option('--entries-per-minute <count>', 'pace of the entries that the edit causes, over all partitions', whole, 600)
    .option('--effective-at <instant>', 'event time from which it holds, ISO 8601; default: now');

switching(command(model, 'promote', 'put a model in force, in every service at one point of event time'))
  .argument('<model>', 'name or file')
  .action((name, options) => import('./commands/model-promote.ts').then((of) => of.modelPromote(name, options)));

switching(command(model, 'rollback', 'put the version before back in force'))
  .option('--to <version>', 'this version instead')
  .action((options) => import('./commands/model-promote.ts').then((of) => of.modelRollback(options)));

command(
  model,
  'shadow',
  'run a candidate beside the model in force, on the same observations, and say who stands elsewhere',
)
  .argument('<model>', 'name or file')
  .option('--name <name>', 'of the shadow; default: that of the file')
  .option('--once', 'end when it has caught up')
  .option('--every <seconds>', 'time between two reports', positive, 30)
  .option('--show <count>', 'entities to show', whole, 10)
  .option('--clean', 'remove everything that a shadow of this name has left, and end')
  .option('--http-port <port>', 'port of /healthz, /readyz and /metrics; 0 takes a free one; default: none')
  .action((name, options) => import('./commands/model-shadow.ts').then((of) => of.modelShadow(name, options)));

command(model, 'status', 'what is in force, since when, by whom, and how far each task is').action((options) =>
  import('./commands/model-status.ts').then((of) => of.modelStatus(options)),
);
command(model, 'test', 'run the examples beside a model: what is given, and what must come of it')
  .argument('[model]', 'name or file')
  .option('--file <file>', 'the examples; default: <model>.test.yaml beside the model')
  .action((name, options) => import('./commands/model-test.ts').then((of) => of.modelTest(name, options)));

const actions = program.command('actions').description('what decision services command');
const turning = (name: string, description: string) =>
  command(actions, name, description)
    .argument('<service>', 'picking, storage, routing, or all')
    .requiredOption('--reason <text>', 'why, for people')
    .option('--by <who>', 'a pseudonym; default: the name of the account')
    .option('--at <instant>', 'event time, ISO 8601; default: now');
turning('pause', 'hold back the actions of a service; it goes on deciding').action((service, options) =>
  import('./commands/actions.ts').then((of) => of.actionsPause(service, options)),
);
turning('resume', 'let what waits and is still valid go out').action((service, options) =>
  import('./commands/actions.ts').then((of) => of.actionsResume(service, options)),
);
command(actions, 'list', 'actions that have not ended, by state')
  .argument('[service]', 'picking, storage or routing; default: all')
  .option('--state <state>', 'waiting, open, accepted or partial')
  .option('--type <type>', 'such as move')
  .option('--show <count>', 'how many of each service; default: 20, and all with --json', whole)
  .action((service, options) => import('./commands/actions.ts').then((of) => of.actionsList(service, options)));
command(actions, 'show', 'one action, also after its end: why, what was not chosen, what was told of it')
  .argument('<actionId>', 'as "actions list" and the published action have it')
  .action((actionId, options) => import('./commands/actions.ts').then((of) => of.actionsShow(actionId, options)));

const topics = program.command('topics').description('topics of the catalogue');
command(topics, 'apply', 'create the topics that are missing').action((options) =>
  import('./commands/topics-apply.ts').then((of) => of.topicsApply(options)),
);

const schemas = program.command('schemas').description('Avro schemas');
command(schemas, 'check', 'can they read what earlier versions wrote?').action((options) =>
  import('./commands/schemas.ts').then((of) => of.schemasCheck(options)),
);
command(schemas, 'register', 'put them into the schema registry').action((options) =>
  import('./commands/schemas.ts').then((of) => of.schemasRegister(options)),
);

const dlq = program.command('dlq').description('dead letters');
command(dlq, 'list', 'group them by reason')
  .option('--replay', 'of the last replay')
  .action((options) => import('./commands/dlq-list.ts').then((of) => of.dlqList(options)));

command(dlq, 'redrive', 'put them back to their topics, each once')
  .option('--code <code>', 'refused for this reason')
  .option('--topic <topic>', 'that came from this topic')
  .option('--service <name>', 'that this service refused')
  .option('--from <instant>', 'refused at or after, ISO 8601')
  .option('--to <instant>', 'refused before, ISO 8601')
  .option('--id <letter>', 'this one, as "dlq list" shows it')
  .option('--all', 'every one')
  .option('--again', 'also those that came back after they had been put back')
  .option('--dry-run', 'only count')
  .option('--replay', 'of the last replay')
  .action((options) => import('./commands/dlq-redrive.ts').then((of) => of.dlqRedrive(options)));

const state = program.command('state').description('states of services and what they published');
command(state, 'verify', 'recompute from the inputs what must have been published, and compare')
  .option('--service <name...>', 'only these services')
  .option('--replay', 'of the last replay')
  .action((options) => import('./commands/state-verify.ts').then((of) => of.stateVerify(options)));

command(state, 'rebuild', "build a service's copy in Redis anew from its changelog")
  .requiredOption('--service <name>', 'whose states')
  .option('--task <number>', 'only this task', whole)
  .action((options) => import('./commands/state-rebuild.ts').then((of) => of.stateRebuild(options)));

command(program, 'doctor', 'check what the configuration asks for').action((options) =>
  import('./commands/doctor.ts').then((of) => of.doctor(options)),
);
command(program, 'reset', 'forget every topic and state under the prefix')
  .option('--replay', 'those of replays')
  .option('--yes', 'also the live ones')
  .action((options) => import('./commands/reset.ts').then((of) => of.reset(options)));

try {
  await program.parseAsync();
} catch (error) {
  // What is wrong with a call, the parser has said itself; help and version are no fault.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exitCode.ok : exitCode.usage;
  else {
    process.stderr.write(`detent: ${describeError(error)}\n`);
    process.exitCode = exitCodeFor(error);
  }
}
// All is closed; but a socket that kafkajs was still opening when it was told to close stays open, and would keep the
// process alive for ever.
process.exit();
