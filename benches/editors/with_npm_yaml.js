// Adds dave to a file with `yaml` of npm, on its documents, which keep comments, and prints it: with_npm_yaml.js FILE PUBLIC_KEY.
const fs = require('fs');
const yaml = require('yaml');

const [file, key] = process.argv.slice(2).map((path) => fs.readFileSync(path, 'utf8'));
const document = yaml.parseDocument(file);
const dave = { username: 'dave', groups: ['sudo'], authorized_keys: [{ public_key: key.trim() }] };
if (document.get('users') == null) document.set('users', [dave]);
else document.addIn(['users'], dave);
process.stdout.write(document.toString({ lineWidth: 0 }));
