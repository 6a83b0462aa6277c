"""A cut as Premiere writes it, of any length: what readers and writers of xmeml are timed on."""

from __future__ import annotations

_RATE = "<rate>\n{i}\t<timebase>24</timebase>\n{i}\t<ntsc>TRUE</ntsc>\n{i}</rate>"
_TICKS = 10_594_584_000
_HOLE = 25
"""Every so many clips one is left out, so that there are gaps."""

_CLIP = """\
					<clipitem id="clipitem-{n}">
						<masterclipid>masterclip-{n}</masterclipid>
						<name>A{n:05d}_C001.mov</name>
						<enabled>TRUE</enabled>
						<duration>240</duration>
						{rate}
						<start>{start}</start>
						<end>{end}</end>
						<in>24</in>
						<out>72</out>
						<pproTicksIn>{ticks_in}</pproTicksIn>
						<pproTicksOut>{ticks_out}</pproTicksOut>
						<alphatype>none</alphatype>
						<pixelaspectratio>square</pixelaspectratio>
						<anamorphic>FALSE</anamorphic>
						<file id="file-{n}">
							<name>A{n:05d}_C001.mov</name>
							<pathurl>file://localhost/Volumes/Film/Day%20{day}/A{n:05d}_C001.mov</pathurl>
							{file_rate}
							<duration>240</duration>
							<timecode>
								{tc_rate}
								<string>01:00:00:00</string>
								<frame>86400</frame>
								<displayformat>NDF</displayformat>
								<reel>
									<name>A{n:05d}</name>
								</reel>
							</timecode>
							<media>
								<video>
									<samplecharacteristics>
										{media_rate}
										<width>1920</width>
										<height>1080</height>
										<anamorphic>FALSE</anamorphic>
										<pixelaspectratio>square</pixelaspectratio>
										<fielddominance>none</fielddominance>
									</samplecharacteristics>
								</video>
								<audio>
									<samplecharacteristics>
										<depth>16</depth>
										<samplerate>48000</samplerate>
									</samplecharacteristics>
									<channelcount>2</channelcount>
								</audio>
							</media>
						</file>
						<logginginfo>
							<description></description>
							<scene></scene>
							<shottake></shottake>
							<lognote></lognote>
							<good></good>
							<originalvideofilename></originalvideofilename>
							<originalaudiofilename></originalaudiofilename>
						</logginginfo>
						<colorinfo>
							<lut></lut>
							<lut1></lut1>
							<asc_sop></asc_sop>
							<asc_sat></asc_sat>
							<lut2></lut2>
						</colorinfo>
						<labels>
							<label2>Iris</label2>
						</labels>
					</clipitem>
"""
_HEAD = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE xmeml>
<xmeml version="4">
	<sequence id="sequence-1" TL.SQTrackShy="0" MZ.ZeroPoint="0" explodedTracks="true">
		<uuid>5ea30a6b-552f-4722-be92-6dfdb66c97e6</uuid>
		<duration>0</duration>
		{rate}
		<name>Long cut</name>
		<media>
			<video>
				<format>
					<samplecharacteristics>
						{form_rate}
						<width>1920</width>
						<height>1080</height>
						<pixelaspectratio>square</pixelaspectratio>
					</samplecharacteristics>
				</format>
				<track MZ.TrackTargeted="1">
"""
_TAIL = """\
					<enabled>TRUE</enabled>
					<locked>FALSE</locked>
				</track>
			</video>
			<audio>
				<track>
					<enabled>TRUE</enabled>
					<locked>FALSE</locked>
				</track>
			</audio>
		</media>
		<timecode>
			{rate}
			<string>01:00:00:00</string>
			<frame>86400</frame>
			<displayformat>NDF</displayformat>
		</timecode>
	</sequence>
</xmeml>
"""


def premiere_like(items: int) -> bytes:
    """One video track of `items` clips at 23.976, each of 48 frames, with holes among them."""
    rates = {
        name: _RATE.format(i="\t" * depth)
        for name, depth in (("rate", 6), ("file_rate", 7), ("tc_rate", 8), ("media_rate", 10))
    }
    clips = []
    slot = 0
    for n in range(1, items + 1):
        slot += 2 if n % _HOLE == 0 else 1
        start = (slot - 1) * 48
        clips.append(
            _CLIP.format(
                n=n,
                day=n % 9,
                start=start,
                end=start + 48,
                ticks_in=24 * _TICKS,
                ticks_out=72 * _TICKS,
                **rates,
            )
        )
    outer = _RATE.format(i="\t\t")
    head = _HEAD.format(rate=outer, form_rate=_RATE.format(i="\t" * 6))
    return (head + "".join(clips) + _TAIL.format(rate=_RATE.format(i="\t\t\t"))).encode()
