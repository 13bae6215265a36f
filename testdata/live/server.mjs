// The same server as a module: node server.mjs KIND
import './server.cjs';
