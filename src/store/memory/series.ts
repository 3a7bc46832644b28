import { type Seconds } from '../../base/clock';
import { type NewSeries, type Series, type SeriesLog } from '../api';
import { copySeries } from '../plan';

export class MemorySeries implements SeriesLog {
  private readonly rows: Series[] = []; // the row with id n stands at n - 1
  private readonly sites = new Map<string, Series[]>();

  async get(id: number): Promise<Series | undefined> {
    const row = this.rows[id - 1];
    return row && copySeries(row);
  }

  async ofSite(site: string, from: Seconds): Promise<Series[]> {
    return this.site(site)
      .filter(s => s.start + s.stepS * s.importW.length > from)
      .map(copySeries);
  }

  async latest(site: string): Promise<number> {
    return this.site(site).at(-1)?.id ?? 0;
  }

  add(row: NewSeries): number {
    const series = { ...row, id: this.rows.length + 1 };
    this.rows.push(series);
    const ofSite = this.site(row.site);
    ofSite.push(series);
    this.sites.set(row.site, ofSite);
    return series.id;
  }

  private site(site: string): Series[] {
    return this.sites.get(site) ?? [];
  }
}
