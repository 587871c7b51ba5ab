// SPDX-License-Identifier: Apache-2.0
const panel = document.querySelector('aside');
const rows = [['decided_true', 'decided alone, as true'], ['decided_false', 'decided alone, as false'],
              ['seen_true', 'seen true'], ['seen_false', 'seen false']];
const add = (parent, name, text) => {
  const e = parent.appendChild(document.createElement(name));
  e.textContent = text;
  return e;
};
const unmark = () => document.querySelectorAll('.on').forEach(e => e.classList.remove('on'));
const close = () => {
  unmark();
  panel.classList.remove('open');
  document.body.classList.remove('asked');
};
const show = id => {
  unmark();
  document.querySelectorAll(`[data-c="${id}"]`).forEach(e => e.classList.add('on'));
  panel.textContent = '';
  const button = add(panel, 'button', 'Close');
  button.id = 'close';
  button.onclick = close;
  for (const one of comparisons[id]) {
    add(panel, 'h2', one.rule);
    add(panel, 'code', one.condition);
    add(panel, 'p', one.lacking || 'decides both ways').className = one.state;
    for (const [key, label] of rows) {
      add(panel, 'p', `${label}: ${one[key].count} test${one[key].count === 1 ? '' : 's'}`);
      const list = add(panel, 'ul', '');
      for (const name of one[key].tests) add(list, 'li', name);
      if (one[key].count > one[key].tests.length)
        add(list, 'li', `and ${one[key].count - one[key].tests.length} more`);
    }
  }
  panel.classList.add('open');
  document.body.classList.add('asked');
  document.querySelector('main .on').scrollIntoView({block: 'nearest'});
};
document.querySelectorAll('main button').forEach(button => button.onclick = () => show(button.dataset.c));
document.addEventListener('keydown', event => { if (event.key === 'Escape') close(); });
// Of a file whose name does not match, what shows rules that do stays.
document.querySelector('#filter').oninput = event => {
  const wanted = event.target.value.toLowerCase();
  const files = new Set();
  document.querySelectorAll('tr[data-file]').forEach(row => {
    row.hidden = !(row.dataset.rule + '\n' + row.dataset.file).toLowerCase().includes(wanted);
    if (!row.hidden) files.add(row.dataset.file);
  });
  document.querySelectorAll('section[data-file]').forEach(section => {
    section.hidden = !files.has(section.dataset.file) && !section.dataset.file.toLowerCase().includes(wanted);
  });
};
