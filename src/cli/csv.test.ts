import { readCsv } from './csv';

it('reads fields bare and in quotes, and knows the line of each row', () => {
  const text = '\uFEFFname,lfdi,bus\r\n\r\n# a comment\r\n"Smith, J. ""JJ""", 3E ,lot\r\nplain,,\r\n';
  expect(readCsv(text, 'sites.csv')).toEqual([
    { line: 4, values: { name: 'Smith, J. "JJ"', lfdi: '3E', bus: 'lot' } },
    { line: 5, values: { name: 'plain', lfdi: '', bus: '' } },
  ]);
});

it.each([
  ['', 'sites.csv, the file is empty'],
  ['# nothing\n\n', 'sites.csv, the file is empty'],
  ['name,lfdi\n', 'sites.csv, there is a header but no row'],
  ['name,name\na,b\n', 'sites.csv:1, the column name is there twice'],
  ['name,lfdi\n\na\n', 'sites.csv:3, want 2 fields, as the header has, got 1'],
  ['name,lfdi\na,b,c\n', 'sites.csv:2, want 2 fields, as the header has, got 3'],
  ['name,lfdi\n# c\na,"b\n', 'sites.csv:3, field 2 has a quote'],
  ['name,lfdi\n"a"b,c\n', 'sites.csv:2, field 1 has a quote'],
  ['name,lfdi\na"b,c\n', 'sites.csv:2, field 1 has a quote'],
])('of %j says %s', (text, says) => {
  let said: unknown;
  try {
    readCsv(text, 'sites.csv');
  } catch (thrown) {
    said = thrown;
  }
  expect(said).toMatchObject({ code: 'BAD_USAGE', message: expect.stringContaining(says) as string });
});
