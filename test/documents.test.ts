import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { routes } from '../service/site/routes.ts';
import { filesBelow } from './support/imports.ts';

/* What the documents say, as far as a machine can tell: links, commands, flags, paths. */

const root = resolve(import.meta.dirname, '..');
const text = (file: string) => readFileSync(join(root, file), 'utf8');
const documents = filesBelow(root).filter((file) => file.endsWith('.md'));
const readme = text('README.md');
const shellBlocks = (markdown: string) => [...markdown.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, code = '']) => code);

test.each(documents)('%s: what it links to is there', (document) => {
  const targets = [...text(document).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map(([, target = '']) => target);
  const dead = targets.filter((target) => !existsSync(join(root, dirname(document), target)));
  expect(dead).toEqual([]);
});

describe('the README', () => {
  test('begins with two commands that the package has: run it, test it', () => {
    const { scripts }: { scripts: Record<string, string> } = JSON.parse(text('package.json'));
    expect(shellBlocks(readme)[0]?.replace(/ +#.*/g, '').trim().split('\n')).toEqual([
      'npm ci && npm start',
      'npm ci && npm test',
    ]);
    expect(Object.keys(scripts)).toEqual(
      expect.arrayContaining(['start', 'test', 'bench', 'typecheck', 'lint', 'vectors']),
    );
  });

  test('has its picture, which is small', () => {
    const [, picture = ''] = /!\[[^\]]+\]\(([^)]+)\)/.exec(readme) ?? [];
    expect(statSync(join(root, picture)).size).toBeLessThan(200_000);
  });

  test('names verbs and flags that exist', () => {
    const help = (verb: string) => {
      const { status, stdout } = spawnSync(process.execPath, ['infra/btc-pinata.mjs', 'help', verb], {
        cwd: root,
        encoding: 'utf8',
      });
      return status === 0 ? stdout : '';
    };
    const commands = [...readme.matchAll(/\bbtc-pinata ([a-z]+)([^\n`#]*)/g)];
    expect(commands.length).toBeGreaterThan(3);
    for (const [command, verb = '', rest = ''] of commands) {
      const known = help(verb);
      expect(known, command).not.toBe('');
      for (const [flag] of rest.matchAll(/--[a-z-]+/g)) expect(known, command).toContain(flag);
    }
  });

  test('sends nobody to a path of the website that is not there', () => {
    const paths = [...readme.matchAll(/curl http:\/\/127\.0\.0\.1:8080(\/\S*)/g)].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(2);
    expect(paths.filter((path) => !routes.has(path))).toEqual([]);
  });

  test('has the place where the benchmark writes its table', () => {
    expect(readme).toMatch(/<!-- bench:start -->[\s\S]*<!-- bench:end -->/);
  });
});
