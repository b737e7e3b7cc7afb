// When is the state of the orchestrator copied, and how many copies stay?
import { backupDefaults } from './defaults.ts';
import { block, text, whole } from './fields.ts';
import type { TextRule } from './words.ts';

/** A part of what systemd calls a calendar: nothing in it can be anything else. */
const whenRule: TextRule = {
  pattern:
    /^(?:hourly|daily|weekly|monthly|(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:,(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)){0,6} )?(?:[01]\d|2[0-3]):[0-5]\d)$/,
  expected: 'hourly, daily, weekly, monthly, a time such as "03:30", or days with it such as "Mon,Thu 03:30"',
  remedy: 'write daily, for example',
};

export const backupSchema = block({
  at: text(whenRule)
    .meta({
      description: 'When, by the clock of the host.',
      default: backupDefaults.at,
    })
    .optional(),
  keep: whole(1, 1000, 'a number of backups')
    .meta({ description: 'How many of them stay.', default: backupDefaults.keep })
    .optional(),
});
