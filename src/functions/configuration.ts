import { model } from '../model';
import { type Configuration } from '../model/configuration';
import { wireText } from './provision';
import { storedSet } from './stored';
import { siteOf } from './site';

/** Settings of a device that have nothing to do with power, in its own words; until then its name here. */
export const configurationBehaviours = storedSet(model.configuration, {
  configuration: {
    remembers: true,
    initial: async ({ store }, { edev = '' }): Promise<Configuration> => ({
      currentLocale: 'en-US',
      userDeviceName: wireText((await siteOf(store, edev))?.body.name ?? ''),
    }),
  },
});
