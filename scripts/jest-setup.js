/**
 * Property tests draw from one seed, so that a run says the same thing twice. `FC_SEED=random` lets them roam, and
 * `FC_SEED=<number>` looks again at what a roaming run found.
 */
const fc = require('fast-check');

const { FC_SEED } = process.env;
if (FC_SEED !== 'random') fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: Number(FC_SEED ?? 20305) });
