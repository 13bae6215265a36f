'use strict';
const url = `http://127.0.0.1:${process.env.PORT}/`;

module.exports = {
  reporter: 'line',
  webServer: { command: 'node page.js', url },
  use: { baseURL: url, launchOptions: { executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-background-networking'] } },
};
