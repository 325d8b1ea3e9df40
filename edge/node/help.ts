/** What `--help` says: enough to need no README. */

const OVERVIEW = `buslens: CAN logs of CANedge loggers (MDF4) as Grafana series and pictures, straight from the files

  buslens DIR                     serve a folder of logs: viewer, Grafana data source, HTTP API
  buslens demo                    the same on a small folder of generated logs
  buslens inspect FILE            what is in a log: header, buses, frames
  buslens decode FILE… [--dbc D]  signals of logs: table, --csv or --facts
  buslens dbc FILE                what is in a DBC
  buslens grafana provision       put data source and dashboards into a Grafana
  buslens help COMMAND            more on one of them

  buslens --version

Documents go to stdout, everything else to stderr. Exit status: 0 done (also with parts missing, which stderr
names), 1 it could not be done (one line says why), 2 the command line was wrong.
`;

const SERVE = `buslens [serve] DIR [options]

DIR is the copy of an SD card or bucket: device folders (DEVICE/SESSION/SPLIT.MF4), or a LOG/ that holds them.
It may be a path, a file:/// URL, or s3://BUCKET/PREFIX. Databases (*.dbc), passwords.json and buslens.json (which database
belongs to which device and channel: docs/dbc.md) lie in DIR. It is only read.

  --dbc FILE|DIR       use these databases instead (may be given more than once)
  --encoding E         of their text: shift_jis, gb18030 … (buslens dbc --help)
  --port N             default 5000, or a free one if that is taken
  --host H             default 127.0.0.1; anything else needs a token, and 0.0.0.0 is the default with one
  --token T            clients must send "Authorization: Bearer T"; the variable BUSLENS_TOKEN does the same
                       --token new: one is made, and shown once
  --allow-origin O     a web page of this origin may read answers, such as https://grafana.example (may be repeated);
                       needed for Grafana data sources in Browser mode only
  --limit MB           most megabytes of logs one request may read; what comes then is a part, and says so
  --points N           most samples of one series in one answer; the same holds
  --body MB            largest body of a request, default 4; above: 413
  --requests N         requests at the same time, default 1000; above: 429, to ask again
  --cache MB           log bytes kept in memory, default 64: panels that look at the same logs read them once
  --passwords FILE     passwords of encrypted logs, as passwords.json has them; entries count before those of the variable
                       BUSLENS_PASSWORDS (the same JSON), and those before passwords.json in DIR
  --endpoint URL       server of an s3:// place that is not Amazon's; keys come from AWS_ACCESS_KEY_ID,
                       AWS_SECRET_ACCESS_KEY and AWS_REGION or whatever else the AWS tools read

In Grafana add a JSON data source (SimpleJson, JSON, Infinity) with the address that is printed. In a browser open /view/.
`;

const TOPICS: Readonly<Record<string, string>> = {
  serve: SERVE,
  demo: `buslens demo [--port N] [--host H] [--token T] [--limit MB] [--points N] [--body MB] [--requests N] [--cache MB] [--allow-origin O]

Writes a folder of generated logs with their databases (two loggers, a drive of some minutes) and serves it.
The folder is kept and used again. Options as for serve.
`,
  inspect: `buslens inspect FILE [--groups] [--json] [--passwords FILE]
buslens inspect FILE --dbc D… [--passwords FILE]

Header, and for every bus and channel the frames by kind, measured groups, events and attachments of an MDF 4 file (.MF4; compressed .MFC, encrypted .MFE and .MFM too).
  --dbc FILE|DIR  a report by channel: identifiers and rates, which message they are by which rule, what no database knows,
            transported messages and their losses by cause, how well each database fits (may be given more than once)
  --groups  every channel group as columns instead, of any MDF 4 file: kind, first, last, least and greatest values
  --json    one JSON document, schema buslens-frames/1 (with --groups buslens-groups/1), to compare with other programs
  --passwords FILE  {"default": "…", "AABBCCDD": "…"}: passwords by device; without it passwords.json beside the logs
`,
  decode: `buslens decode FILE… [--dbc D] [--signal NAME]… [--channel N] [--transport P] [--facts | --csv] [--passwords FILE]
buslens decode FILE… --transport P --facts

Signals of the frames that the database knows: a table of counts, first, last, least and greatest values. Without --dbc
those of databases attached to the file, and its measured channels (group and channel stand for message and signal).
  --dbc FILE|DIR    the database (with --csv and the table: may be given more than once)
  --encoding E      of the text of databases: shift_jis, gb18030 … (buslens dbc --help)
  --signal NAME     only these signals, or measured channels
  --channel N       only frames of this channel
  --transport P     how messages longer than a frame travel : iso-tp, iso-tp-payload (a UDS database that counts from
                    the service byte), j1939-21 or fast-packet; default auto: each channel and message says for itself.
                    With --facts and no --dbc: messages and losses of every stream, schema buslens-transport/1
  --csv             every sample, one per line: timeNs,channel,message,signal,value,unit (ns since 1970 UTC)
  --text            with --csv: a column more, the value's text from the value table
  --keep-invalid    also J1939 codes for "error" and "not available" as values (table and --csv; --facts hold them always)
  --facts           one JSON document per file, schema buslens-signals/1, to compare with other programs
  --passwords FILE  passwords of encrypted logs by device; without it passwords.json beside the logs
`,
  grafana: `buslens grafana provision --url URL --token T [--source URL] [--source-token T] [--plugin P] [--folder NAME]

Puts a data source for each plugin, a folder and the dashboards (fleet, device explorer, bus health) into a Grafana, through its
HTTP API. Run again it changes only what is not as it should be; permissions stay as they are.
  --url URL         where Grafana is opened, such as https://grafana.example or http://localhost:3000
  --token T         of a service account with the role Admin (or the variable GRAFANA_TOKEN)
  --source URL      where Grafana's server reaches buslens, http://localhost:5000 if not said; from a container usually
                    http://host.docker.internal:5000
  --source-token T  the token buslens was started with (or the variable BUSLENS_TOKEN); it is stored in Grafana's secrets
  --plugin P        simpod (the JSON plugin), infinity, or both (default). The plugins themselves must be installed
  --folder NAME     title of the folder, buslens if not said
`,
  dbc: `buslens dbc FILE [--json] [--encoding E]

Messages and signals of a database, and warnings (FILE:LINE:COLUMN) where its text is not what it should be.
  --json          one JSON document, schema buslens-dbc/1
  --encoding E    of its text, if it is not UTF-8, UTF-16 with a BOM or Windows-1252: shift_jis, gb18030 (gbk, gb2312)
`,
};

/** The overview, or the page of one command. An unknown topic gets the overview. */
export const helpText = (topic: string | null): string =>
  topic === null ? `${OVERVIEW}\n${SERVE}` : (TOPICS[topic] ?? OVERVIEW);
