/** Many days of many streets under limits that jump: no site may leave its envelope, no sensor may be doubted without cause. */
import { checkDay } from './testing/random-day';

const days = Number(process.env['FUZZ_DAYS'] ?? 30);

it.each(Array.from({ length: days }, (_, seed) => seed + 100))('day %i', seed => checkDay(seed, 24, 24), 120_000);
