'use strict';
// An ordinary program's heap: loads all modules of npm, and writes a snapshot to the file that is named.
const fs = require('fs');
const path = require('path');
const { execSync } = require('child_process');

const modules = path.join(execSync('npm root -g').toString().trim(), 'npm', 'node_modules');

function load(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory() && !/^(test|tests|bin|docs|man)$/.test(entry.name)) load(file);
    if (entry.isFile() && entry.name.endsWith('.js')) {
      try {
        require(file);
      } catch {
        // Some are no modules of their own.
      }
    }
  }
}

load(modules);
require('v8').writeHeapSnapshot(process.argv[2]);
process.exit(0);
