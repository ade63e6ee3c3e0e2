package io.tapdeck.web.api;

import io.tapdeck.capture.catalog.Catalog;
import io.tapdeck.web.job.Changes;
import io.tapdeck.web.job.RecordingImports;
import io.tapdeck.web.job.Recordings;
import io.tapdeck.web.job.Replays;
import io.tapdeck.web.mirror.NorthboundLink;
import io.tapdeck.web.schedule.RecordingSchedules;
import io.tapdeck.web.starter.Starter;
import io.tapdeck.web.template.RecordingTemplates;

/**
 * What the API shows and works on.
 *
 * @param starter does what takes privileges
 * @param machine this machine's boot id, by which hosts on it are known
 * @param changes told of each change of a recording, a replay, or the northbound
 */
public record Parts(
    Recordings recordings,
    RecordingImports imports,
    Replays replays,
    RecordingTemplates templates,
    RecordingSchedules schedules,
    Catalog catalog,
    NorthboundLink northbound,
    Starter starter,
    String machine,
    Changes changes) {}
