// Never comes back: a loop without a wait. Raises a flag first, so that a test knows that it is inside.
exports.api = 1;
exports.engine = ({ flag }) => ({
  name: 'endless',
  api: 1,
  compute() {
    Atomics.add(new Int32Array(flag), 0, 1);
    for (;;);
  },
});
