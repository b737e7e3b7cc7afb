// Do the schedules of a pool say one thing at a time?
import { poolDefaults } from './defaults-pools.ts';
import { mistake } from './findings.ts';
import type { Finding, PoolScheduleSpec, PoolSpec, Weekday } from './types.ts';

const week: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const minutesOfWeek = 7 * 24 * 60;

function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}

/** Minutes of the week as [from, to), where `to` may lie in the next week. */
function spans({ days = week, from, to }: PoolScheduleSpec): readonly (readonly [number, number])[] {
  const [begin, end] = [minuteOf(from), minuteOf(to)];
  const length = end > begin ? end - begin : end - begin + 24 * 60;
  return days.map((day) => {
    const start = week.indexOf(day) * 24 * 60 + begin;
    return [start, start + length];
  });
}

const meet = ([a, b]: readonly [number, number], [c, d]: readonly [number, number]): boolean =>
  [-minutesOfWeek, 0, minutesOfWeek].some((shift) => a < d + shift && c + shift < b);

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

export function checkSchedules(path: readonly string[], pool: PoolSpec): readonly Finding[] {
  const { schedules = [], min = poolDefaults.min, max = poolDefaults.max } = pool;
  return schedules.flatMap((schedule, index) => {
    const here = [...path, 'schedules', String(index)];
    const found: Finding[] = [];
    if (schedule.from === schedule.to) {
      const message = `expected an end other than the beginning, got ${schedule.to}`;
      found.push(mistake([...here, 'to'], message, 'for a whole day leave the schedule out and set min and max'));
    }
    if (!isTimeZone(schedule.timeZone)) {
      const message = `expected a time zone that exists, got ${schedule.timeZone}`;
      found.push(mistake([...here, 'timeZone'], message, 'write a name such as Europe/Madrid'));
    }
    const [least, most] = [schedule.min ?? min, schedule.max ?? max];
    if (least > most) {
      const key = schedule.min === undefined ? 'max' : 'min';
      const message = `expected min (${least}) at most max (${most}) at these hours`;
      found.push(mistake([...here, key], message, 'write both, or change one of them'));
    }
    if (schedule.min === undefined && schedule.max === undefined) {
      found.push(mistake(here, 'expected min or max, got neither', 'say what is different at these hours'));
    }
    const other = schedules
      .slice(0, index)
      .findIndex((before) => spans(before).some((one) => spans(schedule).some((span) => meet(one, span))));
    // Two zones drift against each other twice a year, so that only one clock can be compared.
    if (other >= 0) {
      const message = `expected hours of its own, got some of schedule ${other}`;
      found.push(mistake([...here, 'from'], message, 'let one end when the other begins'));
    }
    return found;
  });
}
