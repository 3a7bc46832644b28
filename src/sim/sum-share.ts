/**
 * A simulated aggregator with a limit for the sum of its sites. Each second it shares the sum out: everybody has his firm limit, then what he is
 * seen to use and a little more, then equal parts of the rest up to the caps. So one takes what another leaves, and no moment's shares are above the sum.
 */
import { type Seconds } from '../base/clock';
import { type Random } from '../base/random';
import { CommsMachine, type CommsSpec } from './comms';
import { type FleetSite, type Together } from './fleet';
import { Judge, judgeDefaults, type JudgeSpec } from './judge';
import { type ExtraLimit, type LimitSource, type Mutable, silentLimits } from './limits';
import { type SumTrace } from './report/record';

/** What a site may use above what it uses now, W: this share of it, and so many more. */
const growth = { share: 0.2, w: 1000 };

interface Member {
  readonly of: FleetSite;
  readonly extra: Mutable<ExtraLimit>;
}

export class SumShare implements Together {
  source: LimitSource = silentLimits;
  readonly comms: CommsMachine;
  readonly judge: Judge;
  readonly trace: SumTrace;
  private readonly members: readonly Member[];
  private readonly capW: Float64Array;
  private readonly shareW: Float64Array;
  private netJ = 0;
  private seconds = 0;

  constructor(
    readonly name: string,
    sites: readonly FleetSite[],
    comms: CommsSpec,
    random: Random,
    judge: JudgeSpec = judgeDefaults,
  ) {
    const total = (of: (each: FleetSite) => number): number => sites.reduce((sum, each) => sum + of(each), 0);
    const standing = {
      serviceW: total(({ spec }) => spec.serviceW),
      firmImportW: total(({ spec }) => spec.firmImportW),
      firmExportW: total(({ spec }) => spec.firmExportW),
    };
    this.comms = new CommsMachine(comms, standing, random.fork('comms'));
    this.judge = new Judge(judge);
    this.members = sites.map(of => {
      const extra: Mutable<ExtraLimit> = { binding: 'sum', unit: 'W', perUnitW: 1 };
      of.site.limits.extras.push(extra);
      return { of, extra };
    });
    this.capW = new Float64Array(sites.length);
    this.shareW = new Float64Array(sites.length);
    this.trace = {
      name,
      sites: sites.map(({ spec }) => spec.id),
      netW: [],
      importLimitW: [],
      exportLimitW: [],
      outsideS: [],
      overshootW: [],
    };
  }

  /** Before a second: tells each site what is its part of it. */
  share(now: Seconds): void {
    const { comms, members } = this;
    comms.step(now, this.source.current(now), true);
    for (let k = 0; k < members.length; k++) {
      const { of, extra } = members[k] as Member;
      this.shareW[k] = Math.min(of.spec.firmImportW, (this.capW[k] = of.site.comms.importW));
      extra.import = of.site.netW;
    }
    this.fill(comms.importW, ({ extra }) => extra.import ?? 0);
    for (let k = 0; k < members.length; k++) {
      const { of, extra } = members[k] as Member;
      extra.import = this.shareW[k] as number;
      this.shareW[k] = Math.min(of.spec.firmExportW, (this.capW[k] = of.site.comms.exportW));
    }
    this.fill(comms.exportW, ({ of }) => -of.site.netW);
    for (let k = 0; k < members.length; k++) (members[k] as Member).extra.export = this.shareW[k] as number;
  }

  /** Raises shares from firm to what is used and a little more, and then on, evenly and up to the caps, as far as the sum goes. */
  private fill(sumW: number, usedW: (member: Member) => number): void {
    const { capW, members, shareW } = this;
    let left = sumW;
    for (const w of shareW) left -= w;
    if (left < 0) {
      // Less than what is firm of all: an order, or nothing that is meant to happen. All give the same part.
      for (let k = 0; k < shareW.length; k++) shareW[k] = ((shareW[k] as number) * sumW) / (sumW - left);
      return;
    }
    for (const withMore of [false, true])
      for (let round = 0; round < shareW.length && left > 1; round++) {
        const upTo = (k: number): number => {
          const cap = capW[k] as number;
          return withMore ? cap : Math.min(cap, (1 + growth.share) * usedW(members[k] as Member) + growth.w);
        };
        let open = 0;
        for (let k = 0; k < shareW.length; k++) if ((shareW[k] as number) < upTo(k) - 1e-6) open++;
        if (open === 0) break;
        const part = left / open;
        for (let k = 0; k < shareW.length; k++) {
          const more = Math.min(part, upTo(k) - (shareW[k] as number));
          if (more <= 1e-6) continue;
          shareW[k] = (shareW[k] as number) + more;
          left -= more;
        }
      }
  }

  /** After a second: was the sum kept? By true power, and by the same rules as for a site. */
  judgeSecond(now: Seconds): void {
    let [net, natural] = [0, 0];
    for (const { of } of this.members) {
      net += of.site.netW;
      natural += of.naturalW;
    }
    this.judge.step(now, net, this.comms.importW, this.comms.exportW, natural);
    this.netJ += net;
    this.seconds++;
  }

  /** Ends a minute. */
  flush(): void {
    const { comms, judge, seconds, trace } = this;
    if (seconds === 0) return;
    trace.netW.push(this.netJ / seconds);
    trace.importLimitW.push(comms.importW);
    trace.exportLimitW.push(comms.exportW);
    trace.outsideS.push(judge.outsideS);
    trace.overshootW.push(judge.overshootW);
    judge.take();
    this.netJ = this.seconds = 0;
  }
}
