import { crashRepeatedly } from '../testing/crash';
import { temporaryFiles } from '../testing/temporary';

const newFile = temporaryFiles();

it.each([1, 2])(
  'loses nothing acknowledged and keeps nothing by half, killed 20 times (seed %i)',
  async seed => {
    const { acknowledged } = await crashRepeatedly(newFile(), 20, seed);
    expect(acknowledged).toBeGreaterThan(500);
  },
  300_000,
);
