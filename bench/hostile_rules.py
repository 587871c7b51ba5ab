#!/usr/bin/env python3
"""Time and memory of `stoop` on rule files that are meant to take more than linear time or memory.

    bench/hostile_rules.py STOOP [--sizes 10000,20000,40000] [CASE...]

Each case is made in three sizes. A row that doubles from one size to the next is linear; one that ends with exit
code 2 was stopped by a budget or is wrong in another way (the first words of the message are shown).
"""
import argparse, json, os, resource, subprocess, sys, tempfile

SECONDS = 60  # of processor time that a command gets


def rule(condition, name='A', more='', output='o'):
    return f'- rule: {name}\n  desc: d\n  condition: {condition}\n  output: "{output}"\n  priority: INFO\n{more}'


def joined(text, n, separator=','):
    return separator.join(text.format(i=i) for i in range(n))


def each(text, n):
    return joined(text, n, '')


R = rule('evt.type = open and proc.name = x')
SHAPES = {}


def case(function):
    SHAPES[function.__name__] = function
    return function


def rules(text, *command, **files):
    return {'r.yaml': text, **files}, list(command) or ['check', 'r.yaml']


def native(text, event):
    return {'r.yaml': text, 'e.jsonl': json.dumps(event) + '\n'}, \
        ['run', '-q', '--engine', 'native', '--no-cache', '-r', 'r.yaml', 'e.jsonl']


# Row e
@case
def lists_of_lists(n):
    k = int(n ** 0.5)
    return rules(f'- list: b\n  items: [{joined("i{i}", k)}]\n' +
                 each('- list: l{i}\n  items: [' + ','.join(['b'] * k) + ']\n', 20).replace('\x00', '') +
                 rule('proc.name in (l0)'))


@case
def long_list_in_rules(n):
    return rules(f'- list: b\n  items: [{joined("item{i}", n)}]\n' + each(
        rule('evt.type = open and proc.name in (b) and fd.name != {i}', 'R{i}'), n // 40))


@case
def comment_and_macros(n):
    macros = '- macro: m0\n  condition: proc.name = a or fd.name = b\n' + each(
        '- macro: m{i}\n  condition: n{i} or n{i}\n', 30)
    for i in range(1, 30):
        macros = macros.replace(f'n{i} ', f'm{i - 1} ').replace(f'n{i}\n', f'm{i - 1}\n')
    macros = macros.replace('- macro: m0\n  condition: n0 or n0\n', '')
    return rules(macros + rule('m29') + '#' * (25 * n) + '\n')


@case
def faults_in_long_condition(n):
    return rules(rule(joined('proc.nane{i} = a', 1000, ' or ') + ' or ' + joined('proc.name = abcdefghijklmnop{i}', n, ' or ')))


@case
def faults_through_macros(n):
    faults = ' or '.join(['bad.field = 1'] * (n // 40))
    chain = f'- macro: m0\n  condition: {faults}\n' + ''.join(
        f'- macro: m{i}\n  condition: m{i - 1}\n' for i in range(1, 190))
    return rules(chain + rule(' or '.join(['m189'] * (n // 250))))


@case
def long_names(n):
    name = 'x' * (25 * n)
    return rules(each(f'- rule: {name}\n  priority: {{i}}\n', 20) + each(f'- macro: {name}\n  bad: 1\n', 20))


@case
def long_priority(n):
    return rules(each(f'- rule: A{{i}}\n  desc: d\n  condition: evt.type=open\n  output: o\n  priority: *p\n', n // 4)
                 .replace('*p', '&p ' + 'x' * (10 * n), 1))


# Row f
@case
def list_names(n):
    return rules(each('- list: l{i}\n  items: [x{i}]\n', n) + rule(f'proc.name in ({joined("l{i}", n)})'))


@case
def list_names_with_blanks(n):
    return rules(each('- list: "l ({i}"\n  items: [x{i}]\n', n) + rule('proc.name = a'))


@case
def list_chain(n):
    # Each list brings the name of the next.
    return rules(each('- list: l{i}\n  items: ["x{i}"]\n', n) + f'- list: l{n}\n  items: [y]\n' +
                 ''.join(f'- list: l{i}\n  items: ["(l{i + 1}"]\n' for i in range(n)) + rule('proc.name in (l0)'))


@case
def block_scalar(n):
    return rules('- rule: A\n  desc: d\n  condition: |1\n' + ' ' * (n // 10) + 'x\n' + '\n' * (10 * n) + ' ' * (n // 10) +
                 'y\n  output: o\n  priority: INFO\n')


def appended(key, value):
    def make(n):
        return rules(R + each(f'- rule: A\n  {key}: {value}\n  override: {{{{{key}: append}}}}\n', n))
    return make


SHAPES['append_tags'] = appended('tags', '[t{i}]')
SHAPES['append_condition'] = appended('condition', 'or proc.name = a{i}')
SHAPES['append_output'] = appended('output', 'o%proc.name')
SHAPES['append_desc'] = appended('desc', 'o')
SHAPES['append_exceptions'] = appended('exceptions', '[{{name: e{i}, fields: [proc.name], values: [[a{i}]]}}]')
SHAPES['append_exception_values'] = lambda n: rules(
    rule('evt.type=open', more='  exceptions: [{name: e, fields: [proc.name], values: [[a]]}]\n') +
    each('- rule: A\n  exceptions: [{{name: e, values: [[a{i}]]}}]\n  append: true\n', n))
SHAPES['append_list'] = lambda n: rules(
    '- list: l\n  items: [a]\n' + each('- list: l\n  items: [a{i}]\n  override: {{items: append}}\n', n) + R)
SHAPES['append_macro'] = lambda n: rules(
    '- macro: m\n  condition: proc.name=a\n' +
    each('- macro: m\n  condition: or proc.name=a{i}\n  override: {{condition: append}}\n', n) + R)


@case
def exceptions(n):
    return rules(rule('evt.type=open', more='  exceptions:\n' + each(
        '    - {{name: e{i}, fields: [proc.name], values: [[a{i}]]}}\n', n)))


@case
def exceptions_of_one_name(n):
    return rules(rule('evt.type=open', more='  exceptions:\n' + each(
        '    - {{name: e, fields: [proc.name], values: [[a{i}]]}}\n', n)))


@case
def exception_fields(n):
    return rules(rule('evt.type=open', more=f'  exceptions:\n    - {{name: e, fields: [{joined("proc.name", n)}]}}\n'))


@case
def tags(n):
    return rules(rule('evt.type=open', more=f'  tags: [{joined("t{i}", n)}]\n'))


@case
def numbers(n):
    return native(rule(f'evt.type = open and proc.pid in ({joined("{i}", n)})'), {'evt.type': 'open', 'proc.pid': 5})


@case
def numbers_ne(n):
    return native(rule('evt.type = open and ' + joined('proc.pid != {i}', n, ' and ')), {'evt.type': 'open', 'proc.pid': 5})


def addresses(n, field, text):
    items = ','.join(text(i) for i in range(n))
    return native(rule(f'evt.type = connect and {field} in ({items})'), {'evt.type': 'connect', 'fd.sip': '1.2.3.4', 'fd.net': ['1.2.3.4'], 'fd.sport': 5})


SHAPES['ipv4'] = lambda n: addresses(n, 'fd.sip', lambda i: f'10.{i >> 16}.{i >> 8 & 255}.{i & 255}')
SHAPES['ipv6'] = lambda n: addresses(n, 'fd.sip', lambda i: f'fe80::{i >> 16:x}:{i & 65535:x}')
SHAPES['networks'] = lambda n: addresses(n, 'fd.snet', lambda i: f'10.{i >> 16}.{i >> 8 & 255}.{i & 255}/32')
SHAPES['ports'] = lambda n: addresses(n, 'fd.sport', lambda i: str(i))


def event_lists(operator, left, right):
    def make(n):
        schema = {'source': 'web', 'fields': [{'name': 'web.l', 'type': 'CHARBUF', 'list': True}, {'name': 'web.m', 'type': 'CHARBUF', 'list': True}]}
        event = {'web.l': [left.format(i=i) for i in range(n)], 'web.m': [right.format(i=i) for i in range(n)]}
        files, command = native(rule(f'web.l {operator} val(web.m)').replace('  desc', '  source: web\n  desc'), event)
        return {'s.json': json.dumps(schema), **files}, command + ['--schema', 's.json', '--source', 'web']
    return make


SHAPES['event_lists_intersect'] = event_lists('intersects', 'a{i}', 'b{i}')
SHAPES['event_lists_in'] = event_lists('in', 'a', 'b{i}')


@case
def unknown_macros(n):
    return rules(each('- macro: known{i}\n  condition: proc.name=a\n', n) + each(rule('unknwn{i}', 'R{i}'), n))


@case
def unknown_macros_in_one(n):
    return rules(each('- macro: known{i}\n  condition: proc.name=a\n', n) + rule(joined('unknwn{i}', n, ' or ')))


@case
def unknown_fields(n):
    return rules(rule('evt.type=open and (' + joined('proc.nane{i} = a', n, ' or ') + ')'))


@case
def unknown_arguments(n):
    return rules(rule('evt.type=open and (' + joined('evt.arg.flgas{i} = a', n, ' or ') + ')'))


@case
def unknown_event_types(n):
    return rules(rule(joined('evt.type = opne{i}', n, ' or ')))


@case
def unknown_output_fields(n):
    return rules(rule('evt.type=open', output=joined('%proc.nane{i}', n, ' ')))


@case
def unknown_targets(n):
    return rules(each('- list: l{i}\n  items: [a]\n', n) + each('- list: k{i}\n  items: [a]\n  append: true\n', n))


@case
def unknown_keys(n):
    return rules(rule('evt.type=open', more=each('  key{i}: a\n', n)))


@case
def unknown_items(n):
    return rules(each('- rul{i}: a\n', n))


@case
def unknown_keys_under_alias(n):
    return rules('- &a {' + joined('k{i}: 1', n) + ', list: l, items: [x]}\n' + '- *a\n' * n)


def test_file(text, n):
    return {'a.yaml': each(rule('evt.type=open', 'R{i}'), n), 'a_test.yaml': text}, ['test', 'a_test.yaml']


@case
def tests_of_unknown_rules(n):
    return test_file('tests:\n' + each('- name: t{i}\n  events: [{{evt.type: open}}]\n  expect: [Q{i}]\n', n), n)


@case
def tests_of_rules(n):
    return test_file('tests:\n- name: t\n  events: [{evt.type: open}]\n  expect: [' + joined('R{i}', n) + ']\n', n)


@case
def tests_of_unknown_fields(n):
    return test_file('tests:\n' + each('- name: t{i}\n  events: [{{evt.tpye{i}: open}}]\n  expect: []\n', n), 1)


@case
def events_of_unknown_fields(n):
    return {'r.yaml': R, 'e.jsonl': json.dumps({f'proc.nane{i}': 1 for i in range(n)}) + '\n'}, ['run', '-q', '-r', 'r.yaml', 'e.jsonl']


# The rest
@case
def rules_of_one_name(n):
    return rules(R * n)


@case
def enabled_only(n):
    return rules(R + '- rule: A\n  enabled: true\n' * n)


@case
def macros(n):
    return rules(each('- macro: m{i}\n  condition: proc.name=a{i}\n', n) + rule(joined('m{i}', n, ' or ')))


@case
def macros_used_by_rules(n):
    return rules('- macro: m\n  condition: ' + joined('proc.name=a{i}', n // 100, ' or ') + '\n' + each(rule('evt.type=open and m', 'R{i}'), n // 100))


@case
def macros_that_fail_in_turn(n):
    return rules(each('- macro: m{i}\n  condition: proc.name=a\n', n) + ''.join(
        f'- macro: m{i}\n  condition: m{i + 1}\n' for i in range(n - 1)) + f'- macro: m{n - 1}\n  condition: (\n' + R)


@case
def macro_rings(n):
    return rules(each('- macro: m{i}\n  condition: proc.name=a\n', n) + each(
        f'- macro: m{{i}}\n  condition: {joined("m{i}", 100, " or ")}\n', n // 100) + R)


@case
def long_chain(n):
    return rules('- macro: m0\n  condition: proc.name=a\n' + ''.join(
        f'- macro: m{i}\n  condition: m{i - 1}\n' for i in range(1, n)) + R)


@case
def documents(n):
    return rules('---\n'.join(rule('evt.type=open', f'R{i}') for i in range(n)))


@case
def requirements(n):
    return rules('- required_plugin_versions: [' + joined('{{name: p{i}, version: 1.0.0}}', n) + ']\n' + R)


@case
def alternatives(n):
    return rules('- required_plugin_versions: [{name: p, version: 1.0.0, alternatives: [' + joined(
        '{{name: p{i}, version: 1.0.0}}', n) + ']}]\n' + R)


@case
def aliases(n):
    return rules('- list: l\n  items: [&a x' + ',*a' * n + ']\n' + R)


@case
def anchors(n):
    return rules('- list: l\n  items: [' + joined('&a{i} x, *a{i}', n) + ']\n' + R)


@case
def output_fields(n):
    return rules(rule('evt.type=open', output='%proc.name' * n))


@case
def output_percents(n):
    return rules(rule('evt.type=open', output='%' * n))


@case
def output_open(n):
    return rules(rule('evt.type=open', output='%a(' * n + ')' * 1000))


@case
def faults_on_one_line(n):
    return rules('- list: l\n  items: [' + joined('[{i}]', n) + ']\n' + rule('(' + joined('proc.nane{i}=a', n, ' or ') + ')'))


@case
def warnings_on_one_line(n):
    return rules(rule('evt.type=open and proc.name in (' + joined('proc.name', n) + ')'))


@case
def comparisons(n):
    return native(rule('evt.type=open and (' + joined('proc.name=a{i}', n, ' or ') + ')'), {'evt.type': 'open'})


@case
def texts_in(n):
    return native(rule(f'evt.type=open and proc.name in ({joined("a{i}", n)})'), {'evt.type': 'open', 'proc.name': 'a'})


@case
def pmatch(n):
    return native(rule(f'evt.type=open and fd.name pmatch ({joined("/a{i}/b", n)})'), {'evt.type': 'open', 'fd.name': '/a'})


@case
def globs(n):
    return native(rule('evt.type=open and fd.name glob anyof (' + joined('/a{i}*', n) + ')'), {'evt.type': 'open', 'fd.name': '/a'})


@case
def contains_any(n):
    return native(rule('evt.type=open and fd.name contains anyof (' + joined('part{i}', n) + ')'), {'evt.type': 'open', 'fd.name': '/a'})


@case
def contains_or(n):
    return native(rule('evt.type=open and (' + joined('fd.name contains part{i}', n, ' or ') + ')'), {'evt.type': 'open', 'fd.name': '/a'})


@case
def transformers(n):
    return native(rule('evt.type=open and concat(' + joined('proc.name', n) + ') = a'), {'evt.type': 'open', 'proc.name': 'a'})


@case
def arguments(n):
    return native(rule('evt.type=open and (' + joined('proc.aname[{i}] = a', n, ' or ') + ')'), {'evt.type': 'open', 'proc.name': 'a'})


@case
def rule_files(n):
    return {f'd/{i}.yaml': rule('evt.type=open', f'R{i}') for i in range(n // 40)}, ['check', 'd']


@case
def rule_files_that_override(n):
    return {'d/0.yaml': each(rule('evt.type=open', 'R{i}'), n // 40), **{
        f'd/{i}.yaml': f'- rule: R{i}\n  enabled: true\n  override: {{enabled: replace}}\n' for i in range(1, n // 40)}}, ['check', 'd']


@case
def schema_fields(n):
    return {'r.yaml': R, 's.json': json.dumps({'source': 'web', 'fields': [{'name': f'web.f{i}', 'type': 'CHARBUF'} for i in range(n)]})}, \
        ['check', '--schema', 's.json', 'r.yaml']


@case
def schema_files(n):
    return {'r.yaml': R, **{f's{i}.json': json.dumps({'source': 'web', 'fields': [{'name': f'web.f{i}', 'type': 'CHARBUF'}]}) for i in range(n // 40)}}, \
        ['check', 'r.yaml'] + [word for i in range(n // 40) for word in ('--schema', f's{i}.json')]


@case
def schema_deprecated(n):
    schema = {'source': 'web', 'fields': [{'name': f'web.f{i}', 'type': 'CHARBUF', 'deprecation': 'old'} for i in range(n)]}
    text = rule(joined('web.f{i} = a', n, ' or '), output='%web.f1 ' * n).replace('  desc', '  source: web\n  desc')
    return {'r.yaml': text, 's.json': json.dumps(schema)}, ['check', '--schema', 's.json', '--source', 'web', 'r.yaml']


def run(stoop, name, n):
    files, command = SHAPES[name](n)
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            path = os.path.join(folder, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, 'w') as file:
                file.write(text)
        size = sum(map(len, files.values()))
        # Through a process of its own, whose peak of memory is that of the command.
        code = ('import resource, subprocess, sys\n'
                'p = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)\n'
                'u = resource.getrusage(resource.RUSAGE_CHILDREN)\n'
                'print(p.returncode, u.ru_utime + u.ru_stime, u.ru_maxrss // 1024, len(p.stderr), p.stderr[:60])')

        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
            resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
        process = subprocess.run([sys.executable, '-c', code, stoop, *command], cwd=folder, capture_output=True,
                                 text=True, preexec_fn=limit)
        exit_code, seconds, megabytes, errors, message = process.stdout.split(' ', 4)
        if int(exit_code) < 0:
            return size, f'ended by signal {-int(exit_code)} after {float(seconds):.0f} s, {int(megabytes)} MB'
        return size, f'{float(seconds):6.2f} s {int(megabytes):5} MB exit {exit_code} messages {errors} {message[2:-2].strip()}'


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('stoop', type=os.path.abspath)
    parser.add_argument('--sizes', default='10000,20000,40000')
    parser.add_argument('cases', nargs='*')
    options = parser.parse_args()
    for name in options.cases or SHAPES:
        for n in map(int, options.sizes.split(',')):
            size, result = run(options.stoop, name, n)
            print(f"{name:26} {n:7} {size:9} bytes {result}", flush=True)
            if result.startswith('ended'):
                break


main()
