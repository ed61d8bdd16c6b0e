package event

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var exports = []struct{ name, in, want string }{
	{"CloudTrail", `{"Records":[{"a":1},{"a":2}]}`, "1: {\"a\":1}\n1: {\"a\":2}\n"},
	{"Azure's diagnostic logs, one batch a line", "{\"records\":[{\"a\":1}]}\n{\"records\": [ {\"a\":2}, {\"a\":[3]} ] }\n", "1: {\"a\":1}\n2: {\"a\":2}\n2: {\"a\":[3]}\n"},
	{"over lines", "{\n  \"Records\": [\n    {\n      \"a\": 1\n    },\n    {\"a\": 2}\n  ]\n}\n", "3: {\"a\":1}\n6: {\"a\":2}\n"},
	{"over lines, the list on the first", "{\"Records\": [\n{\"a\":1},\n{\"a\":2}]}\n", "2: {\"a\":1}\n3: {\"a\":2}\n"},
	{"over lines, a key on the first", "{\"@odata.context\": \"x\",\n \"value\": [\n{\"a\":1}]}\n{\"a\":2}\n", "3: {\"a\":1}\n4: {\"a\":2}\n"},
	{"Microsoft Graph", `{"@odata.context":"https://graph","@odata.count":1,"value":[{"a":1}],"@odata.nextLink":"x"}`, "1: {\"a\":1}\n"},
	{"Defender's advanced hunting", `{"Stats":{"x":1},"Schema":[{"Name":"a","Type":"Int"}],"Results":[{"a":1}]}`, "1: {\"a\":1}\n"},
	{"Graph's advanced hunting", `{"@odata.context":"x","schema":[{"name":"a"}],"results":[{"a":1}]}`, "1: {\"a\":1}\n"},
	{"Splunk's results", `{"preview":false,"init_offset":0,"messages":[],"fields":[{"name":"a"}],"results":[{"a":"1"}],"highlighted":{}}`, "1: {\"a\":\"1\"}\n"},
	{"Splunk's export", "{\"preview\":false,\"offset\":0,\"result\":{\"a\":\"1\"}}\n{\"preview\":false,\"offset\":1,\"lastrow\":true,\"result\":{\"a\":\"2\"}}\n{\"preview\":false,\"lastrow\":true}\n", "1: {\"a\":\"1\"}\n2: {\"a\":\"2\"}\n"},
	{"Splunk's rows", `{"preview":false,"fields":["a","b"],"rows":[["1","x"],["2",null]]}`, "1: {\"a\":\"1\",\"b\":\"x\"}\n1: {\"a\":\"2\",\"b\":null}\n"},
	{"Elasticsearch's search", `{"took":1,"timed_out":false,"_shards":{"total":1},"hits":{"total":{"value":2},"max_score":1,"hits":[{"_index":"i","_id":"x","_source":{"a":1}},{"_index":"i","_id":"y","fields":{"a.b":["c"]}}]}}`,
		"1: {\"_id\":\"x\",\"a\":1}\n1: {\"_id\":\"y\",\"a.b\":[\"c\"]}\n"},
	{"hits alone, over lines", "{\n  \"hits\" : {\n    \"hits\" : [\n      {\n \"_id\":\"x\", \"_source\":{\"a\":1}}\n]\n}\n}", "4: {\"_id\":\"x\",\"a\":1}\n"},
	{"several searches", `{"responses":[{"hits":{"hits":[{"_source":{"a":1}}]}},{"hits":{"hits":[]}},{"hits":{"hits":[{"_source":{"a":2}}]}}]}`, "1: {\"a\":1}\n1: {\"a\":2}\n"},
	{"an asynchronous search", `{"id":"x","is_partial":false,"is_running":false,"response":{"took":1,"hits":{"hits":[{"_source":{"a":1}}]}}}`, "1: {\"a\":1}\n"},
	{"EQL's events", `{"is_partial":false,"took":1,"hits":{"total":{"value":1},"events":[{"_index":"i","_id":"x","_source":{"a":1}}]}}`, "1: {\"_id\":\"x\",\"a\":1}\n"},
	{"ES|QL", `{"took":1,"columns":[{"name":"a","type":"long"},{"name":"b.c","type":"keyword"}],"values":[[1,"x"],[2,["y","z"]]]}`, "1: {\"a\":1,\"b.c\":\"x\"}\n1: {\"a\":2,\"b.c\":[\"y\",\"z\"]}\n"},
	{"Log Analytics", `{"tables":[{"name":"PrimaryResult","columns":[{"name":"a","type":"int"}],"rows":[[1],[2]]}]}`, "1: {\"a\":1}\n1: {\"a\":2}\n"},
	{"Kusto", `{"Tables":[{"TableName":"Table_0","Columns":[{"ColumnName":"a","DataType":"Int32","ColumnType":"int"}],"Rows":[[1]]}]}`, "1: {\"a\":1}\n"},
	{"Kusto's frames", `[{"FrameType":"DataSetHeader","IsProgressive":false,"Version":"v2.0"},{"FrameType":"DataTable","TableId":1,"TableKind":"PrimaryResult","TableName":"x","Columns":[{"ColumnName":"a","ColumnType":"int"}],"Rows":[[1]]},{"FrameType":"DataSetCompletion","HasErrors":false,"Cancelled":false}]`, "1: {\"a\":1}\n"},
	{"Defender's stream", `{"time":"t","tenantId":"x","operationName":"Publish","category":"AdvancedHunting-DeviceEvents","properties":{"a":1}}`, "1: {\"a\":1}\n"},
	{"Defender's stream, with the time of its service", `{"records":[{"time":"t","tenantId":"x","operationName":"Publish","category":"AdvancedHunting-DeviceEvents","_TimeReceivedBySvc":"t","properties":{"a":1},"Tenant":"DefaultTenant"}]}`, "1: {\"a\":1}\n"},
	{"Duo's Admin API", `{"stat":"OK","response":[{"action":"a"}],"metadata":{"next_offset":null}}`, "1: {\"action\":\"a\"}\n"},
	{"OneLogin's API", `{"status":{"error":false},"pagination":{"before_cursor":null},"data":[{"event_type_id":5}]}`, "1: {\"event_type_id\":5}\n"},
	{"Loki", `{"labels":{"job":"x"},"line":"{\"a\":1}","timestamp":"t"}`, "1: {\"a\":1}\n"},
	{"Loki's lines of logs", `{"labels":{},"line":"type=CWD msg=audit(1767225600.000:1): cwd=\"/root\"","timestamp":"t"}`,
		"1: {\"cwd\":\"/root\",\"labels\":{},\"line\":\"type=CWD msg=audit(1767225600.000:1): cwd=\\\"/root\\\"\",\"serial\":\"1\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"type\":\"CWD\"}\n"},
	{"CloudWatch", `{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logStream":"s","subscriptionFilters":[],"logEvents":[{"id":"1","timestamp":5,"message":"{\"a\":1}"},{"id":"2","timestamp":5,"message":"text"}]}`, "1: {\"a\":1}\n1: {\"id\":\"2\",\"message\":\"text\",\"timestamp\":5}\n"},
	{"CloudTrail's lookup", `{"Events":[{"EventId":"1","EventName":"x","CloudTrailEvent":"{\"eventName\":\"x\"}"}],"NextToken":"t"}`, "1: {\"eventName\":\"x\"}\n"},
	{"Chainsaw's findings", `[{"group":"g","kind":"individual","document":{"kind":"evtx","path":"p","data":{"Event":{"System":{"EventID":1}}}},"name":"n","timestamp":"t"}]`, "1: {\"EventID\":1}\n"},
	{"a list of envelopes", `[{"Records":[{"a":1}]},{"Records":[{"a":2}]}]`, "1: {\"a\":1}\n1: {\"a\":2}\n"},
	{"no events", "{\"Records\":[]}\n{\"took\":1,\"hits\":{\"hits\":[]}}\n{\"a\":1}\n", "3: {\"a\":1}\n"},
	{"one bad event", `{"Records":[{"a":1},{"a":nope},{"a":2}]}`, "1: {\"a\":1}\n1! not JSON: invalid character 'o' in literal null (expecting 'u')\n1: {\"a\":2}\n"},
	{"envelopes behind each other on a line", "{\"Records\":[{\"a\":1}]}{\"Records\":[{\"a\":2}]} {\"a\":3}\n{\"a\":4}\n", "1: {\"a\":1}\n1: {\"a\":2}\n1: {\"a\":3}\n2: {\"a\":4}\n"},
	{"a text behind an envelope", "{\"Records\":[{\"a\":1}]} x\n", "1: {\"a\":1}\n1! not JSON: invalid character 'x' looking for beginning of value\n"},
	{"an envelope that is cut off between events", `{"Records":[{"a":1},`, "1: {\"a\":1}\n1! the object around the events does not end\n"},
	{"an envelope that is cut off behind its events", `{"Records":[{"a":1}]`, "1: {\"a\":1}\n1! the object around the events does not end\n"},
	{"an envelope that is cut off before its events", `{"took":1,"hits":{"total":2,"hits":[`, "1! the object around the events does not end\n"},
	{"a row with fewer cells", `{"columns":[{"name":"a"},{"name":"b"}],"values":[[1],[1,2]]}`, "1! the cells of this row do not fit the columns\n1: {\"a\":1,\"b\":2}\n"},
	{"osquery's snapshot", `{"snapshot":[{"pid":"1"},{"pid":"2"}],"action":"snapshot","name":"p","hostIdentifier":"h","unixTime":5}`,
		"1: {\"action\":\"snapshot\",\"columns\":{\"pid\":\"1\"},\"hostIdentifier\":\"h\",\"name\":\"p\",\"unixTime\":5}\n1: {\"action\":\"snapshot\",\"columns\":{\"pid\":\"2\"},\"hostIdentifier\":\"h\",\"name\":\"p\",\"unixTime\":5}\n"},
	{"osquery's batch", `{"name":"p","unixTime":"5","diffResults":{"removed":[{"pid":"1"}],"added":[{"pid":"2"}]},"counter":1}`,
		"1: {\"action\":\"removed\",\"columns\":{\"pid\":\"1\"},\"counter\":1,\"name\":\"p\",\"unixTime\":\"5\"}\n1: {\"action\":\"added\",\"columns\":{\"pid\":\"2\"},\"counter\":1,\"name\":\"p\",\"unixTime\":\"5\"}\n"},
	{"an empty snapshot and batch", "{\"snapshot\":[],\"action\":\"snapshot\",\"name\":\"p\",\"unixTime\":5}\n{\"diffResults\":\"\",\"name\":\"p\",\"unixTime\":5}\n", "2: {\"diffResults\":\"\",\"name\":\"p\",\"unixTime\":5}\n"},
	{"a single row of osquery", `{"name":"p","action":"added","unixTime":5,"columns":{"pid":"1"}}`, "1: {\"action\":\"added\",\"columns\":{\"pid\":\"1\"},\"name\":\"p\",\"unixTime\":5}\n"},
	{"a snapshot that is an object", `{"name":"vm1","unixTime":5,"snapshot":{"state":"ok"}}`, "1: {\"name\":\"vm1\",\"snapshot\":{\"state\":\"ok\"},\"unixTime\":5}\n"},
	{"a snapshot with lists", `{"name":"vm1","unixTime":5,"snapshot":{"added":[{},{}],"state":"ok"}}`, "1: {\"name\":\"vm1\",\"snapshot\":{\"added\":[{},{}],\"state\":\"ok\"},\"unixTime\":5}\n"},
	{"a batch with a text for no rows", `{"name":"p","unixTime":5,"diffResults":{"added":[{"pid":"1"}],"removed":""}}`, "1: {\"action\":\"added\",\"columns\":{\"pid\":\"1\"},\"name\":\"p\",\"unixTime\":5}\n"},
	{"a batch without changes", `{"name":"p","unixTime":5,"diffResults":{}}`, "1: {\"diffResults\":{},\"name\":\"p\",\"unixTime\":5}\n"},
	{"other keys in a batch", `{"name":"p","unixTime":5,"diffResults":{"added":[{}],"state":"ok"}}`, "1: {\"diffResults\":{\"added\":[{}],\"state\":\"ok\"},\"name\":\"p\",\"unixTime\":5}\n"},
	{"other values in a batch", `{"name":"p","unixTime":5,"diffResults":{"added":[{}],"removed":"x"}}`, "1: {\"diffResults\":{\"added\":[{}],\"removed\":\"x\"},\"name\":\"p\",\"unixTime\":5}\n"},
	{"a batch that is a list", `{"name":"p","unixTime":5,"diffResults":[{}]}`, "1: {\"diffResults\":[{}],\"name\":\"p\",\"unixTime\":5}\n"},
	{"a batch that is not JSON", `{"name":"p","unixTime":5,"diffResults":{"added":[{}],oops}}`, "1! not JSON: invalid character 'o' looking for beginning of object key string\n"},
	{"another object with a snapshot", `{"snapshot":[{"a":1}],"name":"p","volume":"v"}`, "1: {\"name\":\"p\",\"snapshot\":[{\"a\":1}],\"volume\":\"v\"}\n"},
	{"Splunk's collector", "{\"time\":1.5,\"host\":\"h\",\"event\":{\"a\":1}}{\"time\":1.5,\"event\":\"{\\\"a\\\":2}\"}\n{\"sourcetype\":\"s\",\"event\":{\"a\":3}}\n", "1: {\"a\":1}\n1: {\"a\":2}\n2: {\"a\":3}\n"},
	{"Splunk's collector with a text", `{"time":1.5,"event":"text"}`, "1: {\"event\":\"text\",\"time\":1.5}\n"},
	{"an event's own object of this name", `{"@timestamp":"t","event":{"code":"1"},"host":{"name":"h"}}`, "1: {\"@timestamp\":\"t\",\"event\":{\"code\":\"1\"},\"host\":{\"name\":\"h\"}}\n"},
	{"an event's own object alone", `{"event":{"code":"1"}}`, "1: {\"event\":{\"code\":\"1\"}}\n"},
	{"Splunk's raw events", `{"result":{"_time":"t","_raw":"{\"a\":1}","host":"h"}}`, "1: {\"a\":1}\n"},
	{"Splunk's raw XML", `{"result":{"_time":"t","_raw":"<?xml version='1.0'?>\n<Event xmlns='x'><System><EventID>1</EventID></System></Event>","host":"h"}}`, "1: {\"EventID\":\"1\"}\n"},
	{"Splunk's raw XML, escaped", `{"_raw":"\u003cEvent\u003e\u003cSystem\u003e\u003cEventID\u003e1\u003c/EventID\u003e\u003c/System\u003e\u003c/Event\u003e"}`, "1: {\"EventID\":\"1\"}\n"},
	{"Splunk's raw lines", `{"preview":false,"fields":["_raw","host"],"rows":[["type=CWD msg=audit(1767225600.000:1): cwd=\"/root\"","h"]]}`, "1: {\"_raw\":\"type=CWD msg=audit(1767225600.000:1): cwd=\\\"/root\\\"\",\"cwd\":\"/root\",\"host\":\"h\",\"serial\":\"1\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"type\":\"CWD\"}\n"},
	{"Splunk's raw text", `{"_raw":"a text","host":"h"}`, "1: {\"_raw\":\"a text\",\"host\":\"h\"}\n"},
	{"Splunk's raw events beside fields", `{"_raw":"{\"a\":1}","user":"u"}`, "1: {\"_raw\":\"{\\\"a\\\":1}\",\"user\":\"u\"}\n"},
	{"a text of JSON that is none", `{"_raw":"{\q","host":"h"}`, "1! not JSON: invalid character 'q' in string escape code\n"},
	{"XML that ends too early", `{"_raw":"<Event><System>"}`, "1! not XML: unexpected EOF\n"},
	{"XML that is no event", `{"_raw":"<?xml version='1.0'?><a/>"}`, "1: {\"_raw\":\"\\u003c?xml version='1.0'?\\u003e\\u003ca/\\u003e\"}\n"},
	{"Splunk's text of a Windows event", `{"result":{"_time":"t","_raw":"01/02/2026 10:00:00 AM\nLogName=Security\nEventCode=4688\n"}}`,
		"1! Splunk's text of Windows events has no names for most values: collect the log with renderXml = true, or export it as XML or EVTX\n"},
	{"Splunk's text beside its fields", `{"_raw":"01/02/2026 10:00:00 AM\nLogName=Security\n","EventCode":"1"}`, "1: {\"EventCode\":\"1\",\"_raw\":\"01/02/2026 10:00:00 AM\\nLogName=Security\\n\"}\n"},
	{"XML beside fields of Splunk", `{"result":{"linecount":"1","_raw":"<Event xmlns='x'><System><EventID>1</EventID></System></Event>","host":"x"}}`, "1: {\"EventID\":\"1\"}\n"},
	{"XML beside what Splunk extracted of it", `{"result":{"_raw":"<Event xmlns='x'><System/></Event>","Image":"x","EventCode":"1"}}`,
		"1: {\"EventCode\":\"1\",\"Image\":\"x\",\"_raw\":\"\\u003cEvent xmlns='x'\\u003e\\u003cSystem/\\u003e\\u003c/Event\\u003e\"}\n"},
	{"XML in the journal", `{"__REALTIME_TIMESTAMP":"1","_COMM":"sysmon","MESSAGE":"\u003cEvent\u003e\u003cSystem\u003e\u003cEventID\u003e1\u003c/EventID\u003e\u003c/System\u003e\u003c/Event\u003e"}`, "1: {\"EventID\":\"1\"}\n"},
	{"XML in a message", `{"host":{"name":"h"},"message":"<?xml version='1.0'?><Event><System><EventID>1</EventID></System></Event>"}`, "1: {\"EventID\":\"1\"}\n"},
	{"XML in another text", `{"host":"h","text":"<Event><System><EventID>1</EventID></System></Event>","n":[1]}`,
		"1: {\"host\":\"h\",\"n\":[1],\"text\":\"\\u003cEvent\\u003e\\u003cSystem\\u003e\\u003cEventID\\u003e1\\u003c/EventID\\u003e\\u003c/System\\u003e\\u003c/Event\\u003e\"}\n"},
	{"XML beside fields, cut off", `{"EventCode":"1","_raw":"<Event><System>"}`, "1: {\"EventCode\":\"1\",\"_raw\":\"\\u003cEvent\\u003e\\u003cSystem\\u003e\"}\n"},
	{"OpenSearch's SQL", `{"schema":[{"name":"a","type":"integer"}],"datarows":[[1],[2]],"total":2,"size":2,"status":200}`, "1: {\"a\":1}\n1: {\"a\":2}\n"},
	{"EventBridge", `{"version":"0","id":"i","detail-type":"AWS API Call via CloudTrail","source":"aws.iam","account":"1","time":"t","region":"r","resources":[],"detail":{"eventName":"x"}}`, "1: {\"eventName\":\"x\"}\n"},
	{"Okta's hook", `{"eventType":"com.okta.event_hook","eventTypeVersion":"1.0","cloudEventsVersion":"0.1","source":"s","eventId":"i","data":{"events":[{"a":1},{"a":2}]},"eventTime":"t","contentType":"application/json"}`, "1: {\"a\":1}\n1: {\"a\":2}\n"},
	{"Pub/Sub, pushed", `{"message":{"data":"eyJhIjoxfQ==","messageId":"1"},"subscription":"s"}`, "1: {\"a\":1}\n"},
	{"Pub/Sub, pulled", `[{"ackId":"x","message":{"attributes":{},"data":"eyJhIjoxfQ==","messageId":"1"}}]`, "1: {\"a\":1}\n"},
	{"Kubernetes in Azure", `{"records":[{"time":"t","category":"kube-audit","operationName":"o","resourceId":"r","properties":{"log":"{\"verb\":\"get\"}\n","stream":"stdout","pod":"p"}}]}`, "1: {\"verb\":\"get\"}\n"},
	{"Kubernetes' list", `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[{"verb":"get"}]}`, "1: {\"verb\":\"get\"}\n"},
	{"Logs Insights", `{"@timestamp":"t","@message":"{\"a\":1}","@logStream":"s","@log":"1:g"}`, "1: {\"a\":1}\n"},
	{"Logstash", `{"@timestamp":"t","@version":"1","host":"h","message":"{\"a\":1}"}`, "1: {\"a\":1}\n"},
	{"Laurel", "{\"ID\":\"1626611363.720:348501\",\"NODE\":\"n\",\"SYSCALL\":{\"arch\":\"0xc000003e\",\"syscall\":59,\"ARGV\":[\"0x55\",\"0x1\"],\"key\":null,\"exe\":\"/a%20b\"},\"EXECVE\":{\"argc\":2,\"ARGV\":[\"0xcat\",\"100%25\"]}," +
		"\"PATH\":[{\"name\":\"/x\",\"mode\":\"0o755\"},{\"name\":\"/y\"},5],\"PROCTITLE\":{\"ARGV\":[\"cat\",\"a b\"]},\"PARENT_INFO\":{\"ARGV\":[\"sh\"]}}\n{\"ID\":\"1626611363.720:348502\",}\n{\"a\":1}\n",
		"1: {\"a0\":\"0xcat\",\"a1\":\"100%\",\"argc\":2,\"node\":\"n\",\"serial\":\"348501\",\"timestamp\":\"2021-07-18T12:29:23.720Z\",\"type\":\"EXECVE\"}\n" +
			"1: {\"mode\":\"0755\",\"name\":\"/x\",\"node\":\"n\",\"serial\":\"348501\",\"timestamp\":\"2021-07-18T12:29:23.720Z\",\"type\":\"PATH\"}\n1: {\"name\":\"/y\",\"node\":\"n\",\"serial\":\"348501\",\"timestamp\":\"2021-07-18T12:29:23.720Z\",\"type\":\"PATH\"}\n" +
			"1: {\"node\":\"n\",\"proctitle\":\"cat a b\",\"serial\":\"348501\",\"timestamp\":\"2021-07-18T12:29:23.720Z\",\"type\":\"PROCTITLE\"}\n" +
			"1: {\"a0\":\"55\",\"a1\":\"1\",\"arch\":\"c000003e\",\"exe\":\"/a b\",\"node\":\"n\",\"serial\":\"348501\",\"syscall\":59,\"timestamp\":\"2021-07-18T12:29:23.720Z\",\"type\":\"SYSCALL\"}\n" +
			"2! not JSON: invalid character '}' looking for beginning of object key string\n3: {\"a\":1}\n"},
	{"Laurel in Splunk", `{"result":{"_raw":"{\"ID\":\"1626611363.720:1\",\"CWD\":{\"cwd\":\"/x\"}}","_time":"t"}}`, "1: {\"cwd\":\"/x\",\"serial\":\"1\",\"timestamp\":\"2021-07-18T12:29:23.720Z\",\"type\":\"CWD\"}\n"},
	{"Laurel in syslog", "Feb  1 10:00:00 web1 laurel: {\"ID\":\"1626611363.720:1\",\"CWD\":{\"cwd\":\"/x\"}}\n", "1: {\"cwd\":\"/x\",\"serial\":\"1\",\"timestamp\":\"2021-07-18T12:29:23.720Z\",\"type\":\"CWD\"}\n"},
	{"an envelope in syslog", "Feb  1 10:00:00 web1 app: {\"Records\":[{\"a\":1},{\"a\":2}]}\nFeb  1 10:00:00 web1 app: {\"a\":3}\n", "1: {\"a\":1}\n1: {\"a\":2}\n2: {\"a\":3}\n"},
	{"another object with an id", `{"ID":"x","a":1}`, "1: {\"ID\":\"x\",\"a\":1}\n"},
	{"Filebeat", `{"@timestamp":"t","@metadata":{"beat":"filebeat"},"message":"type=CWD msg=audit(1767225600.000:1): cwd=\"/root\"","log":{"offset":0},"input":{"type":"log"},"ecs":{},"host":{},"agent":{}}`,
		"1: {\"@metadata\":{\"beat\":\"filebeat\"},\"@timestamp\":\"2026-01-01T00:00:00Z\",\"agent\":{},\"cwd\":\"/root\",\"ecs\":{},\"host\":{},\"input\":{\"type\":\"log\"},\"log\":{\"offset\":0},\"message\":\"type=CWD msg=audit(1767225600.000:1): cwd=\\\"/root\\\"\",\"serial\":\"1\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"type\":\"CWD\"}\n"},
	{"Filebeat's text", `{"@timestamp":"t","message":"a text","agent":{}}`, "1: {\"@timestamp\":\"t\",\"agent\":{},\"message\":\"a text\"}\n"},
	{"Filebeat with fields of the event", `{"@timestamp":"t","message":"{\"a\":1}","agent":{},"process":{"pid":1}}`, "1: {\"@timestamp\":\"t\",\"agent\":{},\"message\":\"{\\\"a\\\":1}\",\"process\":{\"pid\":1}}\n"},
	{"Vector", `{"file":"/x","host":"h","message":"{\"a\":1}","source_type":"file","timestamp":"t"}`, "1: {\"a\":1}\n"},
	{"Zircolite's findings", `[{"title":"T","id":"i","description":"","sigmafile":"f","sigma":["q"],"rule_level":"high","tags":[],"count":1,"matches":[{"EventID":1}]}]`, "1: {\"EventID\":1}\n"},
	{"Wazuh's archives", `{"timestamp":"t","agent":{"id":"0"},"manager":{"name":"m"},"id":"1","full_log":"type=CWD msg=audit(1767225600.000:1): cwd=\"/root\"","decoder":{},"data":{"audit":{}},"location":"/l"}`,
		"1: {\"agent\":{\"id\":\"0\"},\"cwd\":\"/root\",\"data\":{\"audit\":{}},\"decoder\":{},\"full_log\":\"type=CWD msg=audit(1767225600.000:1): cwd=\\\"/root\\\"\",\"id\":\"1\",\"location\":\"/l\",\"manager\":{\"name\":\"m\"},\"serial\":\"1\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"type\":\"CWD\"}\n"},
	{"Wazuh's archives of Windows", `{"timestamp":"t","full_log":"{\"win\":{}}","decoder":{"name":"x"},"data":{"win":{"system":{"eventID":"1"}}},"location":"EventChannel"}`,
		"1: {\"EventID\":\"1\",\"data\":{\"win\":{\"system\":{\"eventID\":\"1\"}}},\"decoder\":{\"name\":\"x\"},\"full_log\":\"{\\\"win\\\":{}}\",\"location\":\"EventChannel\",\"timestamp\":\"t\"}\n"},
	{"Chainsaw's aggregates", `[{"group":"g","kind":"aggregate","documents":[{"kind":"evtx","path":"p","data":{"Event":{"System":{"EventID":1}}}}],"name":"n"}]`, "1: {\"EventID\":1}\n"},
	{"Event Hubs", `{"SequenceNumber":1,"Offset":"0","EnqueuedTimeUtc":"t","Body":"{\"records\":[{\"a\":1},{\"a\":2}]}"}`, "1: {\"a\":1}\n1: {\"a\":2}\n"},
	{"Docker", `{"log":"{\"a\":1}\n","stream":"stdout","time":"t"}`, "1: {\"a\":1}\n"},
	{"hits without what is around them", `{"hits":[{"_id":"x","_source":{"a":1}}]}`, "1: {\"_id\":\"x\",\"a\":1}\n"},
	{"OpenTelemetry's records", `{"resourceLogs":[{"resource":{"attributes":[{"key":"host.name","value":{"stringValue":"h"}}]},"scopeLogs":[{"scope":{},"logRecords":[` +
		`{"timeUnixNano":"1767225600000000001","body":{"kvlistValue":{"values":[{"key":"a","value":{"intValue":"1"}},{"key":"b","value":{"arrayValue":{"values":[{"boolValue":true},{"doubleValue":1.5},{}]}}}]}}},` +
		`{"observedTimeUnixNano":"1767225600000000000","attributes":[{"key":"log.file.name","value":{"stringValue":"f"}},{"key":5}],"body":{"stringValue":"a text"}},` +
		`{"body":{"stringValue":"<Event xmlns='x'><System><EventID>1</EventID></System></Event>"}},{"body":{"stringValue":"type=CWD msg=audit(1767225600.000:1): cwd=\"/root\""}},5]}]}]}` + "\n" +
		`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":"{\"a\":2}"}},{"attributes":[{"key":"n","value":{"intValue":"x"}}]}]}]}]}` + "\n",
		"1! in OpenTelemetry's logRecords: a JSON number, not an object\n" +
			"1: {\"@timestamp\":\"2026-01-01T00:00:00.000000001Z\",\"a\":1,\"b\":[true,1.5,null],\"host.name\":\"h\"}\n" +
			"1: {\"@timestamp\":\"2026-01-01T00:00:00Z\",\"body\":\"a text\",\"host.name\":\"h\",\"log.file.name\":\"f\"}\n1: {\"EventID\":\"1\"}\n" +
			"1: {\"body\":\"type=CWD msg=audit(1767225600.000:1): cwd=\\\"/root\\\"\",\"cwd\":\"/root\",\"host.name\":\"h\",\"serial\":\"1\",\"timestamp\":\"2026-01-01T00:00:00Z\",\"type\":\"CWD\"}\n" +
			"2: {\"a\":2}\n2: {\"n\":\"x\"}\n"},
	{"OpenTelemetry's records of JSON", `{"resourceLogs":[{"resource":{"attributes":[{"key":"host.name","value":{"stringValue":"h"}},{"key":"a","value":{"stringValue":"outer"}}]},"scopeLogs":[{"logRecords":[` +
		`{"timeUnixNano":"1767225600000000000","body":{"stringValue":" {\"a\":12345678901234567890,\"message\":\"{\\\"b\\\":1}\"}"}},` +
		`{"timeUnixNano":"1767225600000000000","body":{"stringValue":"{\"Records\":[{\"a\":1},{\"a\":2}]}"}},` +
		`{"timeUnixNano":"1767225600000000000","body":{"stringValue":"{\"a\":"}},` +
		`{"timeUnixNano":"1767225600000000000","body":{"stringValue":"{\"message\":\"<Event xmlns='x'><System><EventID>1</EventID></System></Event>\"}"}}]}]}]}` + "\n",
		"1: {\"@timestamp\":\"2026-01-01T00:00:00Z\",\"a\":12345678901234567890,\"host.name\":\"h\",\"message\":\"{\\\"b\\\":1}\"}\n1: {\"a\":1}\n1: {\"a\":2}\n1! not JSON: unexpected EOF\n1: {\"EventID\":\"1\"}\n"},
	{"OpenTelemetry's logs of old versions", `{"resourceLogs":[{"instrumentationLibraryLogs":[{"logs":[{"body":{"stringValue":"{\"a\":1}"}}]}]}]}`, "1: {\"a\":1}\n"},
	{"OpenTelemetry's logs without lists", `{"resourceLogs":[{"scopeLogs":{"logRecords":[]}},{"scope_logs":[]},{"scopeLogs":[{"log_records":[]},{"logRecords":[]},{"logRecords":null},"x"]},{"scopeLogs":[]}]}`,
		"1! OpenTelemetry's scopeLogs: not a list\n1! logs of OpenTelemetry without a list scopeLogs\n1! in OpenTelemetry's scopeLogs: a JSON string, not an object\n1! logs of OpenTelemetry without a list logRecords\n"},
	{"a resource that is not JSON", `{"resourceLogs":[{"scopeLogs":oops}]}`, "1! not JSON: invalid character 'o' looking for beginning of value\n"},
	{"Fluent Bit's XML", `{"System":"<Event xmlns='x'><System><EventID>1</EventID></System></Event>","Message":"m","StringInserts":["i"]}`, "1: {\"EventID\":\"1\"}\n"},
	{"the XML of tables of Azure's diagnostics", `{"PartitionKey":"p","EventId":"1","RawXml":"<Event xmlns='x'><System><EventID>1</EventID></System></Event>"}`, "1: {\"EventID\":\"1\"}\n"},
	{"objects directly behind each other", "{\"a\":1}{\"a\":\"}{\"}{\"a\":3}\n{\"a\":\"}{\"}\n", "1: {\"a\":1}\n1: {\"a\":\"}{\"}\n1: {\"a\":3}\n2: {\"a\":\"}{\"}\n"},
	{"an object that is cut off behind another", `{"a":1}{"a":`, "1: {\"a\":1}\n1! not JSON: unexpected EOF\n"},
	{"a list without brackets", "{\"a\":1},\n{\"a\":2},\n", "1: {\"a\":1}\n2: {\"a\":2}\n"},
	{"record separators", "\x1e{\"a\":1}\n\x1e{\"a\":2}\n", "1: {\"a\":1}\n2: {\"a\":2}\n"},
	{"a file behind another, with its byte order mark", "{\"a\":1}\n\ufeff{\"a\":2}\n", "1: {\"a\":1}\n2: {\"a\":2}\n"},
	{"the number before each object", "Record 1\n{\n  \"a\": 1\n}\nRecord 2\n{\n  \"a\": 2\n}\n", "2: {\"a\":1}\n6: {\"a\":2}\n"},
}

// TestEventsInEnvelopes holds that the events are found in what products export around them.
func TestEventsInEnvelopes(t *testing.T) {
	for _, c := range exports {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, inFile(t, "e.json", []byte(c.in), Options{}))
			assert.Equal(t, c.want, inFile(t, "e.json.gz", gzipped(t, []byte(c.in)), Options{}))
			assert.Equal(t, c.want, transcript(t, "-", Options{Stdin: strings.NewReader(c.in)}))
		})
	}
}

// TestRowsInEnvelopes holds that a table's rows are opened like objects.
func TestRowsInEnvelopes(t *testing.T) {
	table := "_raw,_time,host\n\"<Event><System><EventID>1</EventID></System></Event>\",t,h\na text,t,h\n"
	assert.Equal(t, "2: {\"EventID\":\"1\"}\n3: {\"_raw\":\"a text\",\"_time\":\"t\",\"host\":\"h\"}\n", inFile(t, "e.csv", []byte(table), Options{}))
}

// TestFormsHaveBits holds that each form has a bit of its own.
func TestFormsHaveBits(t *testing.T) { assert.LessOrEqual(t, len(envelopes), 64) }

// TestAnObjectThatOnlyLooksLikeAnEnvelope holds that an event with another key beside those of a form is left as it is.
func TestAnObjectThatOnlyLooksLikeAnEnvelope(t *testing.T) {
	for _, event := range []string{
		`{"Records":[{"b":1}],"a":1}`, `{"a":1,"Records":[{"b":1}]}`, `{"records":["x"]}`, `{"Records":[{"b":1}],"Records":[{"b":2}]}`, `{"records":{"b":1}}`, `{"result":"ok"}`, `{"result":{"b":1},"user":"x"}`, `{"value":5}`, `{"value":[1,2]}`,
		`{"hits":5}`, `{"hits":{"total":1}}`, `{"hits":{"hits":[]},"user":"x"}`, `{"took":1,"timed_out":false}`, `{"rows":[[1]]}`, `{"columns":["a"],"rows":[{"a":1}]}`,
		`{"category":"AuditEvent","properties":{"b":1},"time":"t"}`, `{"id":"1","message":"{\"b\":1}","timestamp":5}`, `{"data":{"b":1},"path":"x"}`, `{"events":[{"b":1}],"user":"x"}`, `{"_source":{"b":1},"a":1}`, `{"fields":{"b":1},"a":1}`,
		`{"Event":{"ID":42},"a":1}`, `{"Event":{"ID":42}}`, `{"Event":"x","a":1}`,
	} {
		got, one := strings.CutPrefix(transcript(t, "-", Options{Stdin: strings.NewReader(event)}), "1: ")
		assert.True(t, one, event)
		assert.JSONEq(t, event, got)
	}
}

// TestAnEnvelopeLargerThanAnEventIsStreamed holds that its events are read one by one, in bounded memory.
func TestAnEnvelopeLargerThanAnEventIsStreamed(t *testing.T) {
	for _, c := range []struct{ name, before, event, after string }{
		{"CloudTrail", `{"Records":[`, `{"a":"%s"}`, `]}`},
		{"CloudTrail, over lines", "{\n  \"Records\": [\n", `{"a":"%s"}`, "\n]\n}"},
		{"a search", `{"took":1,"_shards":{"total":1,"x":["]"]},"hits":{"total":5,"hits":[`, `{"_source":{"a":"%s"}}`, `]},"aggregations":{"x":[1]}}`},
		{"a table", `{"tables":[{"name":"PrimaryResult","columns":[{"name":"a","type":"string"}],"rows":[`, `["%s"]`, `]}],"render":{}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var in bytes.Buffer
			var want strings.Builder
			in.WriteString(c.before)
			begin := 1 + strings.Count(c.before, "\n")
			for i := range 100 {
				in.WriteString(strings.Repeat(",", min(i, 1)))
				text := fmt.Sprint(i, strings.Repeat("x", 100))
				fmt.Fprintf(&in, c.event, text)
				fmt.Fprintf(&want, "%d: {\"a\":%q}\n", begin, text)
			}
			in.WriteString(c.after)
			in.WriteString("\n{\"a\":2}\n")
			fmt.Fprintf(&want, "%d: {\"a\":2}\n", begin+strings.Count(c.after, "\n")+1)
			for _, most := range []int{1000, 1 << 20} {
				assert.Equal(t, want.String(), transcript(t, "-", Options{Stdin: bytes.NewReader(in.Bytes()), MaxLine: most}))
			}
			cut := transcript(t, "-", Options{Stdin: bytes.NewReader(in.Bytes()[:in.Len()-len(c.after)-9]), MaxLine: 1000})
			assert.Regexp(t, "\n\\d+! the array does not end\n$", cut)
			open := transcript(t, "-", Options{Stdin: bytes.NewReader(in.Bytes()[:in.Len()-10]), MaxLine: 1000})
			assert.Regexp(t, "\n\\d+! the object around the array does not end\n$", open, "only the last bracket is missing")
		})
	}
	if testing.Short() {
		t.Skip("reads a hundred megabytes")
	}
	took := peak(func() {
		events := int64(0)
		r, err := NewReader("-", io.MultiReader(strings.NewReader(`{"value":[{}`), io.LimitReader(&cycle{text: `,{"a":"` + strings.Repeat("x", 1000) + `"}`}, 1009*100_000), strings.NewReader("]}")), Options{})
		assert.NoError(t, err)
		for {
			if _, err := r.NextRaw(); err != nil {
				assert.ErrorIs(t, err, io.EOF)
				break
			}
			events++
		}
		assert.Equal(t, int64(100_001), events)
	})
	assert.Less(t, took, uint64(128<<20))
}

// TestEnvelopesInAStreamedEnvelope holds that an answer with several lists is read to its end, also where the first is
// large.
func TestEnvelopesInAStreamedEnvelope(t *testing.T) {
	large := strings.Repeat("x", 5000)
	for name, form := range map[string]string{
		"searches": `{"took":1,"responses":[{"hits":{"total":1,"hits":[{"_source":{"a":"%s"}}]},"status":200},{"hits":{"hits":[{"_source":{"a":"second"}}]}},{"hits":{"hits":[]}}]}`,
		"tables":   `{"tables":[{"name":"x","columns":[{"name":"a"}],"rows":[["%s"]]},{"name":"y","columns":[{"name":"a"}],"rows":[["second"]]}],"render":{}}`,
	} {
		in := fmt.Sprintf(form, large) + "\n{\"a\":2}\n"
		for _, most := range []int{5020, 1 << 20} {
			assert.Equal(t, "1: {\"a\":\""+large+"\"}\n1: {\"a\":\"second\"}\n2: {\"a\":2}\n", transcript(t, "-", Options{Stdin: strings.NewReader(in), MaxLine: most}), name)
		}
	}
}

// TestACutEnvelopeIsBroken holds that a file whose envelope is cut off counts as not read to its end.
func TestACutEnvelopeIsBroken(t *testing.T) {
	r, err := NewReader("-", strings.NewReader("{\"a\":1}\n{\"Records\":[{\"a\":1},"), Options{})
	assert.NoError(t, err)
	for err == nil {
		_, err = r.NextRaw()
	}
	assert.ErrorIs(t, err, io.EOF)
	assert.Equal(t, "the object around the events does not end", r.Broken())
}

// cycle gives a text again and again.
type cycle struct {
	text string
	at   int
}

func (c *cycle) Read(p []byte) (int, error) {
	n := copy(p, c.text[c.at:])
	c.at = (c.at + n) % len(c.text)
	return n, nil
}

// TestACutRowIsShownAsItIs: without the keys that stand beside the rows before it.
func TestACutRowIsShownAsItIs(t *testing.T) {
	for _, head := range []string{`{"name":"p","unixTime":5,"snapshot":[`, `{"name":"p","unixTime":5,"diffResults":{"added":[`} {
		for _, cut := range []string{`{"pid":"2`, `{"pid":`, `{"pid":"2"`, `12`} {
			var shown []string
			r, err := NewReader("-", strings.NewReader(head+`{"pid":"1"},`+cut), Options{OnReject: func(j Reject) { shown = append(shown, string(j.Raw)) }})
			require.NoError(t, err)
			e, err := r.Next()
			require.NoError(t, err)
			assert.Equal(t, map[string]any{"pid": "1"}, e.Fields()["columns"])
			_, err = r.Next()
			assert.ErrorIs(t, err, io.EOF)
			assert.Equal(t, []string{cut, ""}, shown, head)
		}
	}
}

// TestCopiesAreBounded: what each row of a line repeats is not copied without end, however many objects the line holds
// and wherever they are, and what is left out is said.
func TestCopiesAreBounded(t *testing.T) {
	const limit, k = 1 << 12, 4
	rows := func(one string) string { return "[" + strings.Repeat(one+",", 99) + one + "]" }
	long := strings.Repeat("x", limit/2)
	snapshot := `{"snapshot":` + rows("{}") + `,"action":"snapshot","unixTime":5,"name":"` + long + `"}`
	small := `{"snapshot":` + rows("{}") + `,"action":"snapshot","unixTime":5,"name":"` + long[:limit/8] + `"}`
	table := `{"columns":[{"name":"` + long + `"}],"rows":` + rows("[1]") + "}"
	refused := "what is repeated for each row of this line takes more than 32768 bytes: further rows of this object are not read"
	for _, c := range []struct {
		name, line  string
		events, cut int
	}{
		{"a snapshot", snapshot, 15, 1},
		{"a table", table, 16, 1},
		{"snapshots side by side", strings.Repeat(small, k), 59, k},
		{"snapshots in a list", `{"logs":[` + strings.Repeat(small+",", k-1) + small + "]}", 59, k},
		{"a table before a snapshot", table + small, 16, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			var rejected []string
			text := c.line + "\n{\"a\":1}\n" + snapshot + "\n"
			r, err := NewReader("-", strings.NewReader(text), Options{MaxLine: limit, OnReject: func(j Reject) { rejected = append(rejected, j.Reason) }})
			require.NoError(t, err)
			events := map[int]int{}
			for {
				e, err := r.Next()
				if err != nil {
					break
				}
				events[e.Line]++
			}
			assert.Equal(t, map[int]int{1: c.events, 2: 1, 3: 15}, events, "the next line has its own room")
			assert.Equal(t, slices.Repeat([]string{refused}, c.cut+1), rejected)
		})
	}
}

// TestALineStandsBesideItsEnvelope: what the collector says is kept, and its time counts where the line's lacks its
// year or zone.
func TestALineStandsBesideItsEnvelope(t *testing.T) {
	for _, c := range []struct{ name, event, want string }{
		{"no year", `{"@timestamp":"2020-01-01T00:00:00Z","host":{"name":"web1"},"log":{"file":{"path":"/l"}},"message":"Nov 28 10:00:00 web2 sshd[1]: Failed"}`,
			`{"@timestamp":"2020-01-01T00:00:00Z","appname":"sshd","host":{"name":"web1"},"hostname":"web2","log":{"file":{"path":"/l"}},"message":["Failed","Nov 28 10:00:00 web2 sshd[1]: Failed"],"procid":"1","timestamp":"2020-01-01T00:00:00Z"}`},
		{"no year, the time under the same name", `{"file":"/l","host":"web1","message":"Nov 28 10:00:00 web2 sshd[1]: Failed","source_type":"file","timestamp":"2020-01-01T00:00:00Z"}`,
			`{"appname":"sshd","file":"/l","host":"web1","hostname":"web2","message":["Failed","Nov 28 10:00:00 web2 sshd[1]: Failed"],"procid":"1","source_type":"file","timestamp":"2020-01-01T00:00:00Z"}`},
		{"no zone", `{"_raw":"2026-01-02 03:04:05 a=1 b=2 c=3","_time":"2020-01-01T00:00:00Z"}`,
			`{"_raw":"2026-01-02 03:04:05 a=1 b=2 c=3","_time":"2020-01-01T00:00:00Z","a":"1","b":"2","c":"3","timestamp":"2020-01-01T00:00:00Z"}`},
		{"a whole time, and a name of both", `{"@timestamp":"2020-01-01T00:00:00Z","type":"log","message":"type=CWD msg=audit(1767225600.000:1): cwd=\"/\""}`,
			`{"@timestamp":"2026-01-01T00:00:00Z","cwd":"/","message":"type=CWD msg=audit(1767225600.000:1): cwd=\"/\"","serial":"1","timestamp":"2026-01-01T00:00:00Z","type":["CWD","log"]}`},
		{"an object under a name of both", `{"@timestamp":"t","host":{"name":"h"},"message":"host=a b=2 c=3"}`, `{"@timestamp":"t","b":"2","c":"3","host":{"name":"h"},"message":"host=a b=2 c=3"}`},
		{"Wazuh's alert", `{"timestamp":"2020-01-01T00:00:00Z","rule":{"id":"5710"},"full_log":"Nov 28 10:00:00 web1 sshd[1]: Failed","decoder":{"name":"sshd"},"data":{"srcip":"10.0.0.1"},"location":"/l"}`,
			`{"appname":"sshd","data":{"srcip":"10.0.0.1"},"decoder":{"name":"sshd"},"full_log":"Nov 28 10:00:00 web1 sshd[1]: Failed","hostname":"web1","location":"/l","message":"Failed","procid":"1","rule":{"id":"5710"},"timestamp":"2020-01-01T00:00:00Z"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, err := NewReader("e.ndjson", strings.NewReader(c.event+"\n"), Options{})
			require.NoError(t, err)
			e, err := r.Next()
			require.NoError(t, err)
			assert.JSONEq(t, c.want, string(e.Raw))
			_, err = r.Next()
			require.ErrorIs(t, err, io.EOF)
			assert.Empty(t, r.Notes())
		})
	}
}

// TestAGuessedYearIsSaid also of a line in an envelope that has no time of its own.
func TestAGuessedYearIsSaid(t *testing.T) {
	r, err := NewReader("e.ndjson", strings.NewReader(`{"_raw":"Nov 28 10:00:00 web2 sshd[1]: Failed","host":"h"}`), Options{})
	require.NoError(t, err)
	_, err = r.Next()
	require.NoError(t, err)
	require.Len(t, r.Notes(), 1)
	assert.Contains(t, r.Notes()[0], "its times have no year")
}

// TestXMLBesideFieldsIsFoundAnywhereInAFile also where the events before it have none.
func TestXMLBesideFieldsIsFoundAnywhereInAFile(t *testing.T) {
	before := strings.Repeat("{\"a\":1}\n", 20_000)
	got := transcript(t, "-", Options{Stdin: strings.NewReader(before + `{"host":"h","extra":"e","_raw":"<Event><System><EventID>7</EventID></System></Event>"}` + "\n" + before)})
	assert.Equal(t, 1, strings.Count(got, "20001: {\"EventID\":\"7\"}\n"))
}

// TestATagHidesNoFields: XML that has no event is a text like any other.
func TestATagHidesNoFields(t *testing.T) {
	for _, text := range []string{
		`{"Image":"x","message":"<Event>Invalid user</Event>"}`,
		`{"@timestamp":"t","message":"<Event><EventData><Data Name=\"a\">b</Data></EventData></Event>","host":"h","agent":{}}`,
	} {
		r, err := NewReader("-", strings.NewReader(text), Options{})
		require.NoError(t, err)
		ev, err := r.Next()
		require.NoError(t, err)
		assert.JSONEq(t, text, string(ev.Raw))
	}
}
