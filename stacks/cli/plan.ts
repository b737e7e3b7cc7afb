// What would it cost? `muster plan cloud`: before anything is rented.
import { exitCodes, type Io, type Verb } from './types.ts';

type Options = { readonly prices?: string; readonly json?: true };

async function runCloud(io: Io, { prices, json }: Options): Promise<number> {
  const [{ planCloud }, { planJson, planText }, { writeJson, writeLine }] = await Promise.all([
    import('./plan/cloud.ts'),
    import('./plan/text.ts'),
    import('./output.ts'),
  ]);
  const plan = await planCloud(io, prices);
  if (json) writeJson(io, planJson(plan));
  else writeLine(io, planText(plan));
  return plan.refused ? exitCodes.refused : exitCodes.done;
}

export const plan: Verb = (program, io, exit) => {
  const group = program.command('plan').description('say what something would cost, and change nothing');
  group
    .command('cloud')
    .description('the machines of each pool, and what an hour and a month cost at best and at worst')
    .option('--prices <FILE>', 'a price table of your own, JSON as `muster plan cloud --json` shows it in "prices"')
    .option('--json', 'print {date, clouds, prices} for programs')
    .action(async (options: Options) => exit(await runCloud(io, options)));
};
