import { selfTest } from './self-test';

describe('start-up self-test', () => {
  test('passes here, in well under a second', async () => {
    const start = process.hrtime.bigint();
    await selfTest();
    expect(Number(process.hrtime.bigint() - start) / 1e6).toBeLessThan(1000);
  });

  test('fails on a suite that cannot be agreed on', async () => {
    await expect(selfTest({ suites: ['ECDHE-RSA-AES128-GCM-SHA256'] })).rejects.toThrow(
      /BAD_RUNTIME: no mutual TLS 1.2 connection with ECDHE-RSA/,
    );
    await expect(selfTest({ suites: ['NO-SUCH-SUITE'] })).rejects.toThrow('BAD_RUNTIME');
  });

  test.each([
    [{ suite: 'ECDHE-ECDSA-AES128-CCM8', depth: 1 }, 'shows 1 certificates of a chain of 4'],
    [{ suite: 'ECDHE-ECDSA-AES128-CCM8' }, 'shows 0 certificates'],
    [{ suite: 'ECDHE-ECDSA-AES128-GCM-SHA256', depth: 4 }, 'in place of ECDHE-ECDSA-AES128-CCM8'],
    [{ error: 'ECONNRESET' }, 'got ECONNRESET'],
  ])('fails on %j', async (seen, text) => {
    await expect(selfTest({ probe: async () => seen })).rejects.toThrow(text);
  });

  test('tells the operator what to do', async () => {
    const failed = selfTest({ probe: async () => ({ error: 'ERR_SSL_NO_CIPHERS_AVAILABLE' }) });
    await expect(failed).rejects.toMatchObject({
      code: 'BAD_RUNTIME',
      advice: expect.stringContaining('Use Node') as string,
    });
  });
});
