"""Mail of an account: kept, listed, and told about on the topics of its configuration set."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localcloud import cloud
from localcloud.cloud import mail
from localcloud.tests.cloud.stage import until

pytestmark = [pytest.mark.cloud]

ACCOUNT = "777777777777"
DOMAIN = "dev.example.test"


@pytest.fixture(scope="module")
def ses(plain: cloud.Cloud) -> Any:
    """SES of an account with a domain whose letters go by the configuration set `main`."""
    client = cloud.client("sesv2", ACCOUNT, plain)
    client.create_configuration_set(ConfigurationSetName="main")
    client.create_email_identity(EmailIdentity=DOMAIN, ConfigurationSetName="main")
    return client


def send(ses: Any, to: str, **more: Any) -> str:
    body = {"Text": {"Data": "plain"}, "Html": {"Data": "<b>rich</b>"}}
    headers = [{"Name": "X-Job", "Value": "7"}]
    content = {"Simple": {"Subject": {"Data": "Hello"}, "Body": body, "Headers": headers}}
    given = {"FromEmailAddress": f"App <no-reply@{DOMAIN}>", "Destination": {"ToAddresses": [to]}}
    return str(ses.send_email(**given, Content=content, **more)["MessageId"])


def test_a_letter_is_in_the_accounts_inbox_and_in_no_others(ses: Any, plain: cloud.Cloud) -> None:
    identity = send(ses, "a@b.test", EmailTags=[{"Name": "job", "Value": "welcome"}], ReplyToAddresses=["help@b.test"])
    letter = mail.inbox(plain, ACCOUNT)[-1]
    assert (letter.message_id, letter.sender, letter.to) == (identity, f"App <no-reply@{DOMAIN}>", ("a@b.test",))
    assert (letter.subject, letter.text, letter.html) == ("Hello", "plain", "<b>rich</b>")
    assert (letter.headers, letter.tags, letter.reply_to) == ({"X-Job": "7"}, {"job": "welcome"}, ("help@b.test",))
    assert letter.configuration_set == "main"
    assert mail.inbox(plain, "666666666666") == []


def test_events_reach_a_queue_by_the_topic_of_the_configuration_set(ses: Any, plain: cloud.Cloud) -> None:
    sns, sqs = (cloud.client(service, ACCOUNT, plain) for service in ("sns", "sqs"))
    topic = sns.create_topic(Name="mail")["TopicArn"]
    queue = sqs.create_queue(QueueName="mail")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    destination = {
        "Enabled": True,
        "MatchingEventTypes": ["SEND", "BOUNCE", "COMPLAINT"],
        "SnsDestination": {"TopicArn": topic},
    }
    ses.create_configuration_set_event_destination(
        ConfigurationSetName="main", EventDestinationName="feedback", EventDestination=destination
    )
    send(ses, "bounce@simulator.amazonses.com")
    send(ses, "complaint+label@simulator.amazonses.com")
    send(ses, "a@b.test")
    heard: list[tuple[str, str]] = []

    def all_heard() -> bool:
        for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
            event = json.loads(message["Body"])
            heard.append((event["eventType"], event["mail"]["destination"][0]))
        return len(heard) >= 5

    until(all_heard, "not every event came")
    assert sorted(heard) == [
        ("Bounce", "bounce@simulator.amazonses.com"),
        ("Complaint", "complaint+label@simulator.amazonses.com"),
        ("Send", "a@b.test"),
        ("Send", "bounce@simulator.amazonses.com"),
        ("Send", "complaint+label@simulator.amazonses.com"),
    ]
    ses.delete_configuration_set_event_destination(ConfigurationSetName="main", EventDestinationName="feedback")


def test_a_configuration_set_that_is_not_there_is_refused(ses: Any) -> None:
    with pytest.raises(ClientError, match="Configuration set <other> does not exist") as error:
        send(ses, "a@b.test", ConfigurationSetName="other")
    assert error.value.response["Error"]["Code"] == "NotFoundException"


def test_a_paused_configuration_set_sends_nothing(ses: Any, plain: cloud.Cloud) -> None:
    ses.create_configuration_set(ConfigurationSetName="paused", SendingOptions={"SendingEnabled": False})
    before = len(mail.inbox(plain, ACCOUNT))
    with pytest.raises(ClientError, match="paused"):
        send(ses, "a@b.test", ConfigurationSetName="paused")
    assert len(mail.inbox(plain, ACCOUNT)) == before
    ses.delete_configuration_set(ConfigurationSetName="paused")


def test_an_identity_keeps_its_settings(ses: Any) -> None:
    ses.put_email_identity_mail_from_attributes(
        EmailIdentity=DOMAIN, MailFromDomain=f"bounce.{DOMAIN}", BehaviorOnMxFailure="REJECT_MESSAGE"
    )
    ses.put_email_identity_feedback_attributes(EmailIdentity=DOMAIN, EmailForwardingEnabled=False)
    found = ses.get_email_identity(EmailIdentity=DOMAIN)
    assert found["MailFromAttributes"] == {
        "MailFromDomain": f"bounce.{DOMAIN}",
        "MailFromDomainStatus": "SUCCESS",
        "BehaviorOnMxFailure": "REJECT_MESSAGE",
    }
    assert (found["FeedbackForwardingStatus"], found["ConfigurationSetName"]) == (False, "main")
    ses.put_email_identity_mail_from_attributes(EmailIdentity=DOMAIN)
    assert ses.get_email_identity(EmailIdentity=DOMAIN)["MailFromAttributes"] == {
        "BehaviorOnMxFailure": "USE_DEFAULT_VALUE"
    }


def test_a_domain_signs_its_mail_when_its_records_are_in_its_zone(ses: Any, plain: cloud.Cloud) -> None:
    route53 = cloud.client("route53", ACCOUNT, plain)
    keys = ses.get_email_identity(EmailIdentity=DOMAIN)["DkimAttributes"]
    assert (keys["Status"], len(keys["Tokens"])) == ("PENDING", 3)
    zone = route53.create_hosted_zone(Name=DOMAIN, CallerReference="1")["HostedZone"]["Id"]
    changes = [
        {
            "Action": "CREATE",
            "ResourceRecordSet": {
                "Name": f"{token}._domainkey.{DOMAIN}",
                "Type": "CNAME",
                "TTL": 300,
                "ResourceRecords": [{"Value": f"{token}.dkim.amazonses.com"}],
            },
        }
        for token in keys["Tokens"]
    ]
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})
    assert ses.get_email_identity(EmailIdentity=DOMAIN)["DkimAttributes"]["Status"] == "SUCCESS"


def test_a_suppressed_address_is_listed_until_it_is_taken_off(ses: Any) -> None:
    ses.put_suppressed_destination(EmailAddress="a+b@c.test", Reason="BOUNCE")
    listed = ses.list_suppressed_destinations()["SuppressedDestinationSummaries"]
    assert [(each["EmailAddress"], each["Reason"]) for each in listed] == [("a+b@c.test", "BOUNCE")]
    ses.delete_suppressed_destination(EmailAddress="a+b@c.test")
    with pytest.raises(ClientError) as error:
        ses.get_suppressed_destination(EmailAddress="a+b@c.test")
    assert error.value.response["Error"]["Code"] == "NotFoundException"


def test_what_is_not_there_cannot_be_deleted(ses: Any) -> None:
    for call, name in (
        (ses.delete_email_identity, "EmailIdentity"),
        (ses.delete_configuration_set, "ConfigurationSetName"),
    ):
        with pytest.raises(ClientError) as error:
            call(**{name: "nothing.test" if name == "EmailIdentity" else "nothing"})
        assert error.value.response["Error"]["Code"] == "NotFoundException"
