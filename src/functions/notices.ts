/** What the rooms above need to know of notifications; the machinery is services/notices. */
export { type Eyes, type Look, type Outcome, type Post } from '../services/notices/api';
