import { type Seconds } from '../../base/clock';
import { type Note, type Outbox } from '../api';
import { type PreparedNote } from '../plan';

export class MemoryOutbox implements Outbox {
  private readonly notes = new Map<string, PreparedNote>(); // a Map remembers the order of entry

  async due(now: Seconds, limit: number): Promise<Note[]> {
    const due = [...this.notes.values()].filter(note => note.due <= now).sort((a, b) => a.due - b.due);
    return due.slice(0, limit).map(({ text, ...note }) => ({ ...note, body: JSON.parse(text) as unknown }));
  }

  async waiting(): Promise<number> {
    return this.notes.size;
  }

  add(note: PreparedNote): void {
    this.notes.delete(note.id);
    this.notes.set(note.id, note);
  }

  remove(id: string): void {
    this.notes.delete(id);
  }
}
