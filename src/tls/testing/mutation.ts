import fc from 'fast-check';

/** One small change to a byte string: a byte changed, cut out, put in or doubled, or the end cut off. */
export const mutation: fc.Arbitrary<(bytes: Buffer) => Buffer> = fc
  .tuple(
    fc.constantFrom('set', 'cut', 'put', 'double', 'end'),
    fc.double({ min: 0, max: 0.9999, noNaN: true }),
    fc.nat(255),
  )
  .map(([kind, place, value]) => (bytes: Buffer) => {
    const at = Math.floor(place * bytes.length);
    const before = bytes.subarray(0, at);
    const after = bytes.subarray(at + 1);
    if (kind === 'set') return Buffer.concat([before, Buffer.of(value), after]);
    if (kind === 'cut') return Buffer.concat([before, after]);
    if (kind === 'put') return Buffer.concat([before, Buffer.of(value), bytes.subarray(at)]);
    if (kind === 'double')
      return Buffer.concat([before, bytes.subarray(at, at + 1 + (value % 32)), bytes.subarray(at)]);
    return before;
  });
