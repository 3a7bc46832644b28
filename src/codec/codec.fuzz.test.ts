import { attack } from './testing/hostile-check';

jest.setTimeout(3_600_000);

/** Cases; more by FUZZ_CASES. */
const cases = Number(process.env['FUZZ_CASES'] ?? 100_000);

it(`reads ${cases} hostile documents: a value or a Problem, and never a changed prototype`, () => attack(cases, 2000));
