import { overIca } from './ica';
import { type Values } from './version';

const ica: Values = { form: '288', watts: Array.from({ length: 288 }, (_, i) => (i % 24 < 12 ? 10_000 : 5000)) };

it('shows every month and hour in which a profile is above the room less the buffer', () => {
  const h24 = (afternoonW: number): Values => ({
    form: 'H24',
    watts: Array.from({ length: 24 }, (_, h) => (h < 12 ? 9000 : afternoonW)),
  });
  expect(overIca(h24(4500), ica, 0.1)).toEqual([]);
  expect(overIca(h24(4501), ica, 0.1)).toHaveLength(12 * 12);
  expect(overIca(h24(4501), ica, 0.1)[0]).toEqual({ month: 1, hour: 12, profileW: 4501, roomW: 4500 });
  expect(overIca(h24(5000), ica, 0)).toEqual([]);
});

it('takes the highest day of a profile of all hours, and the lowest of the room', () => {
  const year = new Array<number>(8760).fill(4000);
  year[45 * 24 + 13] = 6000; // 15 February, 13:00
  expect(overIca({ form: '8760', watts: year }, ica, 0)).toEqual([{ month: 2, hour: 13, profileW: 6000, roomW: 5000 }]);
});
