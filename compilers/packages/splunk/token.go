package splunk

import "strings"

// Splunk and Enterprise Security read a word between two dollar signs as a field of the result, in settings of alert
// actions. No page says how to write a dollar sign itself.
// https://help.splunk.com/en/splunk-enterprise/alert-and-respond/alerting-manual/10.0/configure-alert-actions/use-tokens-in-email-notifications
// https://help.splunk.com/en/splunk-enterprise-security-7/administer/7.2/incident-review-and-investigations/expand-tokens-in-notable-events-using-the-expandtoken-command

// wideDollar stands for a dollar sign of a rule's text, where Splunk could read it as the begin of a field.
const wideDollar = "\uff04"

// inert is a text of a rule without the dollar signs that Splunk could read as those of a field. One alone is kept.
func inert(text string) string {
	if strings.Count(text, "$") < 2 {
		return text
	}
	return strings.ReplaceAll(text, "$", wideDollar)
}
