package event

import (
	"bytes"
	"strings"
)

// Exports put their events into an envelope: {"Records": [...]}. An envelope is recognised by all of its keys. An
// object with any other key is an ordinary event.

// envelope is one form.
type envelope struct {
	holds  string // the key with the events
	as     content
	beside string // other keys that it may have
	needs  string // those of the other keys that it must have
}

// content is how the value of the key has the events.
type content uint8

const (
	listOf content = iota // a list of events, or of envelopes
	// a list of lists: the cells of each event; the names of the columns are in another key
	rowsOf
	hitsOf        // an object with a list of events
	oneOf         // an event, an object
	inside        // an object that is an envelope itself
	textOf        // an event as JSON text, as Windows' XML or as a line of a log
	base64Of      // an event as JSON text in base64
	rowsBeside    // a list of rows: each row is an event with the other keys beside it
	changesBeside // an object with the lists of rows "added" and "removed", likewise
	recordsOf     // OpenTelemetry's list of lists of lists of records
	noEvents      // information about the export itself
)

var envelopes = [...]envelope{
	// CloudTrail: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
	{"Records", listOf, "", ""},
	// Azure's diagnostic logs: https://learn.microsoft.com/en-us/azure/azure-monitor/platform/resource-logs-schema
	{"records", listOf, "nextLink count", ""},
	// OData, as Microsoft Graph and Azure's REST interfaces answer
	{"value", listOf, "nextLink odata.metadata odata.nextLink odata.count count", ""},
	// Splunk's search/jobs/results, Graph's runHuntingQuery and many others
	{"results", listOf, "preview init_offset post_process_count messages fields highlighted field_summary schema stats offset next previous count total status nextLink", ""},
	// https://learn.microsoft.com/en-us/defender-endpoint/api/run-advanced-query-api
	{"Results", listOf, "Schema Stats", ""},
	{"result", listOf, "", ""},
	// https://help.splunk.com/en/splunk-enterprise/search/rest-api-reference : search/jobs/export
	{"result", oneOf, "preview offset lastrow sid search_name app owner results_link", ""},
	{"lastrow", noEvents, "preview offset", ""},
	// Elasticsearch's search and EQL search:
	// https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-search
	{"hits", hitsOf, "took timed_out _shards _scroll_id _clusters status terminated_early num_reduce_phases aggregations profile suggest pit_id id is_partial is_running shard_failures", ""},
	{"responses", listOf, "took", ""},
	{"response", inside, "id is_partial is_running start_time_in_millis expiration_time_in_millis completion_time_in_millis", ""},
	{"rawResponse", inside, "isPartial isRunning total loaded isRestored", ""},
	// ES|QL, Elasticsearch's SQL and Splunk's json_rows
	{"values", rowsOf, "columns took is_partial is_running id documents_found values_loaded start_time_in_millis expiration_time_in_millis completion_time_in_millis all_columns profile _clusters", "columns"},
	{"rows", rowsOf, "preview init_offset messages fields cursor", "fields"},
	{"rows", rowsOf, "name columns cursor", "columns"},
	{"datarows", rowsOf, "schema total size status", "schema"}, // OpenSearch's SQL and PPL
	// Kusto and Log Analytics: https://learn.microsoft.com/en-us/kusto/api/rest/response-http
	{"tables", listOf, "statistics render error dataSources", ""},
	{"Tables", listOf, "Exceptions", ""},
	{"Rows", rowsOf, "TableName FrameType TableId TableKind Columns", "Columns"},
	{"FrameType", noEvents, "IsProgressive Version IsFragmented ErrorReportingPlacement HasErrors Cancelled OneApiErrors", ""},
	// Defender's streaming interface: https://learn.microsoft.com/en-us/defender-xdr/streaming-api-event-hub
	{"properties", oneOf, "time tenantId operationName category Tenant _TimeReceivedBySvc", "category"},
	// CloudWatch, and the output of AWS' commands
	{"logEvents", listOf, "messageType owner logGroup logStream subscriptionFilters", ""},
	{"events", listOf, "nextToken searchedLogStreams nextForwardToken nextBackwardToken next_token next nextLink links meta total count", ""},
	{"Events", listOf, "NextToken", ""},
	{"Findings", listOf, "NextToken", ""},
	{"CloudTrailEvent", textOf, "EventId EventName ReadOnly AccessKeyId EventTime EventSource Username Resources", "EventId"},
	// only inside these lists
	{"message", textOf, "id timestamp logStreamName ingestionTime eventId", "timestamp"},
	// EventBridge: https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
	{"detail", oneOf, "version id detail-type source account time region resources replay-name", "detail-type"},
	// Okta's hooks: https://developer.okta.com/docs/concepts/event-hooks/
	{"data", inside, "eventType eventTypeVersion cloudEventsVersion source eventId eventTime contentType", "cloudEventsVersion"},
	// Pub/Sub, as it pushes and as it is pulled:
	// https://docs.cloud.google.com/pubsub/docs/reference/rest/v1/PubsubMessage
	{"message", inside, "subscription ackId deliveryAttempt", ""},
	{"data", base64Of, "messageId message_id publishTime publish_time attributes orderingKey", "messageId"},
	// Kubernetes' audit log, as Azure's diagnostic settings send it
	{"properties", inside, "time category operationName operationVersion resourceId ccpNamespace Cloud Environment UnderlayClass UnderlayName serviceBuild level location", "category resourceId"},
	{"log", textOf, "stream pod containerID", "stream pod"},
	// Splunk's HTTP event collector: https://help.splunk.com/en/splunk-enterprise/get-started/get-data-in : format
	// events for HTTP Event Collector
	{"event", oneOf, collector, "sourcetype"},
	{"event", textOf, collector, "sourcetype"},
	{"event", oneOf, collector, "time"},
	{"event", textOf, collector, "time"},
	// A search of Splunk that shows raw events, and Cribl's events
	{"_raw", textOf, "_time _indextime _cd _bkt _serial _si _sourcetype _subsecond host source sourcetype index linecount splunk_server splunk_server_group punct eventtype tag tag::eventtype timestamp unix_category unix_group " +
		"date_hour date_mday date_minute date_month date_second date_wday date_year date_zone timestartpos timeendpos cribl_breaker cribl_pipe", ""},
	// CloudWatch's Logs Insights
	{"@message", textOf, "@timestamp @logStream @log @ptr @ingestionTime @logGroupId @logGroupName", ""},
	// Logstash with a codec of lines
	{"message", textOf, "@timestamp @version host path type tags port", "@version"},
	// Filebeat, of any version, and Vector
	{"message", textOf, "@timestamp @metadata @version host agent ecs log input event fields tags cloud container fileset service beat prospector input_type offset source type", "@timestamp"},
	{"message", textOf, "file host source_type timestamp offset", "source_type"},
	// Wazuh: https://documentation.wazuh.com/current/user-manual/manager/event-logging.html
	{"full_log", textOf, "timestamp rule agent manager id cluster decoder predecoder location data input previous_output previous_log GeoLocation", "location"},
	// Event Hubs: https://learn.microsoft.com/en-us/azure/event-hubs/event-hubs-capture-overview
	{"Body", oneOf, hub, "EnqueuedTimeUtc"},
	{"Body", textOf, hub, ""},
	// Docker's and Fluent Bit's
	{"log", textOf, "stream time attrs", "stream time"},
	{"log", textOf, "date stream time kubernetes", "date"},
	// Loki's logcli: https://grafana.com/docs/loki/latest/query/logcli/getting-started/
	{"line", textOf, "labels timestamp", "labels"},
	{"hits", listOf, "total max_score", ""},
	{"logs", listOf, "next nextToken total count meta links", ""},
	// Google's and others' lists
	{"items", listOf, "kind etag nextPageToken apiVersion metadata", ""},
	{"entries", listOf, "nextPageToken", ""},
	{"data", listOf, "pagination paging meta links total next errors success count status", ""},
	// Duo's Admin API: https://duo.com/docs/adminapi#logs
	{"response", listOf, "stat metadata", "stat"},
	{"resources", listOf, "meta errors", ""},
	// osquery's snapshots and batches: https://osquery.readthedocs.io/en/stable/deployment/logging/
	{"snapshot", rowsBeside, "action " + results, "name unixTime"},
	{"diffResults", changesBeside, results, "name unixTime"},
	{"resourceLogs", recordsOf, "", ""},
	{"matches", listOf, "title id description sigma sigmafile rule_level tags count", "rule_level"}, // Zircolite's findings
	// PyPI's evtx, and Chainsaw's findings
	{"data", textOf, "event_record_id timestamp", "event_record_id"},
	{"data", oneOf, "kind path", "kind path"},
	{"document", inside, finding, "group"},
	{"documents", listOf, finding, "group"},
}

// The other keys of some forms.
const (
	collector = "time host source sourcetype index fields"
	finding   = "group kind name timestamp authors level source status falsepositives id logsource references tags aggregate"
	results   = "name hostIdentifier hostname calendarTime unixTime epoch counter decorations numerics log_type"
	hub       = "SequenceNumber Offset EnqueuedTimeUtc SystemProperties Properties PartitionKey PartitionId"
)

// The forms fit the bits of forms: one more would never be recognised.
var _ [64 - len(envelopes)]struct{}

// forms tells for each key which forms may have it, with one bit for each form.
var forms = func() map[string]uint64 {
	of := map[string]uint64{}
	for i, form := range envelopes {
		for _, key := range append(strings.Fields(form.beside), form.holds) {
			of[key] |= 1 << i
		}
	}
	return of
}()

// formsOf tells which forms may have a key. OData's keys may be part of any list.
func formsOf(key []byte) uint64 {
	if of, ok := forms[string(key)]; ok {
		return of
	}
	if bytes.Contains(key, []byte("@odata.")) || bytes.HasPrefix(key, []byte("@microsoft.")) {
		return forms["value"] | forms["results"]
	}
	return 0
}
