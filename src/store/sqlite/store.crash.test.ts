import { crashRepeatedly } from '../testing/crash';
import { temporaryFiles } from '../testing/temporary';

const newFile = temporaryFiles();

// 8 × 25 = 200 kills. Each file lives through 25 of them: long enough to be recovered again and again, short enough to audit.
it.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'loses nothing acknowledged and keeps nothing by half, killed 25 times (seed %i)',
  async seed => {
    const { acknowledged } = await crashRepeatedly(newFile(), 25, seed);
    expect(acknowledged).toBeGreaterThan(250);
  },
  120_000,
);
